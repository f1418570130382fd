#!/usr/bin/env bash
# Removes the setting `fixed` from a stack's configuration file: unset-fixed.sh STACK
set -euo pipefail

cd "$(dirname "$0")/../.."
file=Pulumi.$1.yaml
if [[ -e $file ]]; then
    sed --in-place '/^ *certificate-lab:fixed:/d' "$file"
    # Without a key, "config:" alone would be null.
    sed --in-place -z 's/config:\n$/config: {}\n/' "$file"
fi
