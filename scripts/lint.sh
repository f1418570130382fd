#!/usr/bin/env bash
# Everything that can be said about the sources without running them.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

node_modules/.bin/biome check infra lab image tests plugins
node_modules/.bin/tsc --noEmit --noCheck false
# With the build's own flags, so that the compiler finds in its cache what the build has compiled.
for module in plugins toolchain/language-host; do
    unformatted=$(gofmt -l "$module")
    if [[ -n $unformatted ]]; then
        echo "Not formatted (gofmt -w): $unformatted" >&2
        exit 1
    fi
    CGO_ENABLED=0 go -C "$module" vet -mod=readonly -trimpath ./...
done
if command -v shellcheck >/dev/null; then
    git ls-files | grep --extended-regexp '\.sh$|^bin/|/sbin/' | xargs shellcheck --external-sources
fi
