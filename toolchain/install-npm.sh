#!/usr/bin/env bash
# Installs the program's npm packages by the lock file and compiles the libvirt SDK. No package's scripts run.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

stamp=node_modules/.lab-installed
inputs=$(find package-lock.json sdks -name node_modules -prune -o -name bin -prune -o -type f -print0 | sort --zero-terminated |
    xargs --null sha256sum | sha256sum)
if [[ -e $stamp && $(<"$stamp") == "$inputs" ]]; then
    exit 0
fi
toolchain/logged.sh npm-ci "Installing npm packages" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
toolchain/logged.sh build-sdk "Compiling the libvirt SDK" npm run --silent build:sdk
echo "$inputs" >"$stamp"
