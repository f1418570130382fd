#!/usr/bin/env bash
# Installs what building and running the lab takes, on Debian or Ubuntu. What is there already is left alone.
set -euo pipefail

cd "$(dirname "$0")/.."
for part in packages go node npm pulumi; do
    start=$SECONDS
    "toolchain/install-$part.sh"
    # A step that had nothing to do is silent.
    ((SECONDS - start < 2)) || echo "Installed $part in $((SECONDS - start)) s."
done
