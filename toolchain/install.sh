#!/usr/bin/env bash
# Installs what building and running the lab takes, on Debian or Ubuntu. What is there already is left alone.
set -euo pipefail

cd "$(dirname "$0")/.."
for part in packages go node npm pulumi; do
    "toolchain/install-$part.sh"
done
