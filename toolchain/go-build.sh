#!/usr/bin/env bash
# Builds a Go program unless it is up to date: go-build.sh MODULE_DIR PACKAGE OUTPUT
# It is up to date while its inputs are the same: the module's Go files, go.mod and go.sum, the package, the linker flags
# in GO_LDFLAGS and the compiler's version. Files that a module embeds come from go generate, whose result depends on
# these inputs only.
set -euo pipefail

here=$(dirname "$0")
module=$1 package=$2 output=$3
flags="-s -w ${GO_LDFLAGS:-}"
name=$(basename "$output")

inputs=$({
    go version
    echo "$package" "$flags"
    cd "$module"
    find . \( -name '*.go' ! -name '*_test.go' -o -name go.mod -o -name go.sum \) -print0 | sort --zero-terminated | xargs --null sha256sum
} | sha256sum | cut --delimiter=' ' --fields=1)

if [[ -x $output && -e $output.inputs && $(<"$output.inputs") == "$inputs" ]]; then
    exit 0
fi
mkdir -p "$(dirname "$output")"
# Two builds at once are slower than one after the other on a small machine.
exec 9>"$(dirname "$output")/.go-build.lock"
flock 9
# Another process may have built it in the meantime.
if [[ -x $output && -e $output.inputs && $(<"$output.inputs") == "$inputs" ]]; then
    exit 0
fi
if grep --quiet --no-messages '^//go:generate ' "$module"/*.go; then
    "$here/logged.sh" "generate-$name" "Generating files of $name" go -C "$module" generate .
fi
rm -f "$output.inputs"
"$here/logged.sh" "build-$name" "Building $name" \
    "$here/go.sh" build "$module" -buildvcs=false -ldflags "$flags" -o "$output" "$package"
echo "$inputs" >"$output.inputs"
