#!/usr/bin/env bash
# Makes a stack on the local file backend, with a passphrase of its own and no questions: create-stack.sh STACK
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

mkdir -p .lab/state
if [[ ! -e .lab/passphrase ]]; then
    (umask 077 && head --bytes 24 /dev/urandom | base64 >.lab/passphrase)
fi
if ! pulumi stack select "$1" >/dev/null 2>&1; then
    pulumi stack init "$1"
fi
