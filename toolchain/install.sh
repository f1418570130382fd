#!/usr/bin/env bash
# Installs the programs that build and run the lab, on Debian or Ubuntu. Installed programs are not changed.
set -euo pipefail

cd "$(dirname "$0")/.."
for part in packages go node npm pulumi; do
    start=$SECONDS
    "toolchain/install-$part.sh"
    # A step that had nothing to do is silent.
    ((SECONDS - start < 2)) || echo "Installed $part in $((SECONDS - start)) s."
done
