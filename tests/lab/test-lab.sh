#!/usr/bin/env bash
# The lab's whole life on real machines, in a stack of its own; nothing of it is left afterwards.
#   test-lab.sh [NAME...]     only the files of tests/lab/ with these names, in their order; the first has to build the lab
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

toolchain/create-stack.sh test
# Names of its own, or the next command would remove the user's lab.
pulumi config set name certificate-lab-test --stack test
# A run in another clone may have been cut off: this stack is the tests' alone.
bin/lab --stack test recover --force
trap 'bin/pulumi destroy --yes --skip-preview --stack test >/dev/null' EXIT
scripts/hypervisor.sh exec node_modules/.bin/vitest run --project lab --reporter=verbose "$@"
