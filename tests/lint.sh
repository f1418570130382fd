#!/usr/bin/env bash
# Everything that can be said about the sources without running them.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

node_modules/.bin/biome check infra lab image tests plugins
node_modules/.bin/tsc --noEmit --noCheck false
for module in offline/plugins offline/language-host; do
    unformatted=$(gofmt -l "$module")
    if [[ -n $unformatted ]]; then
        echo "Not formatted (gofmt -w): $unformatted" >&2
        exit 1
    fi
    toolchain/go.sh vet "$module" -mod=readonly ./...
done
if command -v shellcheck >/dev/null; then
    git ls-files | grep --extended-regexp '\.sh$|^bin/|/sbin/' | xargs shellcheck --external-sources
fi
