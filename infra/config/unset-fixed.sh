#!/usr/bin/env bash
# Removes the setting `fixed` from a stack's configuration file: unset-fixed.sh STACK
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# Pulumi knows every form in which a setting may be written there. It needs no lock for it, so a destroy can call this.
if [[ -e Pulumi.$1.yaml ]]; then
    pulumi config rm fixed --stack "$1"
fi
