#!/usr/bin/env bash
# Builds a Go program and keeps it while its inputs stay the same: go-build.sh MODULE_DIR PACKAGE OUTPUT
# Inputs are the module's Go files, the package, the linker flags in GO_LDFLAGS and the compiler's version. Files that a
# module embeds come from go generate, whose result depends on these inputs only.
set -euo pipefail

here=$(dirname "$0")
module=$1 package=$2 output=$3
flags="-s -w ${GO_LDFLAGS:-}"

inputs=$({
    go version
    echo "$package" "$flags"
    cd "$module"
    find . \( -name '*.go' ! -name '*_test.go' -o -name go.mod -o -name go.sum \) -print0 | sort --zero-terminated | xargs --null sha256sum
} | sha256sum | cut --delimiter=' ' --fields=1)

if [[ -x $output && -e $output.inputs && $(<"$output.inputs") == "$inputs" ]]; then
    exit 0
fi
echo "Building $(basename "$output") ..."
start=$SECONDS
mkdir -p "$(dirname "$output")"
rm -f "$output.inputs"
# Two at once would only take turns on a small machine.
exec 9>"$(dirname "$output")/.go-build.lock"
flock 9
if grep --quiet --no-messages '^//go:generate ' "$module"/*.go; then
    go -C "$module" generate .
fi
"$here/go.sh" build "$module" -buildvcs=false -ldflags "$flags" -o "$output" "$package"
echo "$inputs" >"$output.inputs"
echo "Built $(basename "$output") in $((SECONDS - start)) s."
