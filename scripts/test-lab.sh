#!/usr/bin/env bash
# The lab's whole life on real machines, in a stack of its own; nothing of it is left afterwards.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

scripts/create-stack.sh test
trap 'bin/pulumi destroy --yes --skip-preview --stack test >/dev/null' EXIT
scripts/hypervisor.sh exec node_modules/.bin/vitest run --project lab --reporter=verbose
