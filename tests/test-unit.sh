#!/usr/bin/env bash
# Tests that need no machines: linters, the program against mocks, the judge, the plugins, the scripts.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

tests/lint.sh
tests/shell/run.sh
for module in offline/plugins offline/language-host; do
    toolchain/go.sh test "$module" -mod=readonly ./...
done
node_modules/.bin/vitest run --project unit
