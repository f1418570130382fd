#!/usr/bin/env bash
# make clean removes labs, stacks and builds; make uninstall also the cache and templates. Settings of other backends stay.
# The folder's name has a space and a quote.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

mkdir "a clone's folder"
cd "a clone's folder"
export LAB_CACHE="$PWD/the cache" LAB_STATE="$PWD/the state"
clone() { # a clone with a stack, a lab and builds
    mkdir -p bin node_modules .lab/{cells,state/.pulumi/stacks/certificate-lab} offline/kubernetes sdks/libvirt/bin \
        "$LAB_CACHE" "$LAB_STATE"/{cells,templates}
    touch .lab/cells/dev .lab/state/.pulumi/stacks/certificate-lab/{dev.json,dev.json.bak} Pulumi.yaml Pulumi.{dev,cloud}.yaml \
        offline/kubernetes/{main.go,schema.json} sdks/libvirt/index.ts
}
fake lab <<<'echo "$*" >>calls'
run() { make --no-print-directory --file "$LAB_REPOSITORY/Makefile" "$@" 2>&1; }

assert_equal "$PWD/bin/lab" "$(eval "$(run env)" && command -v lab)" "the lab on PATH after make env"

clone
run clean >output || fail "make clean failed: $(<output)"
assert_equal "cells --remove-own" "$(<calls)" "the commands of lab"
assert_equal "Pulumi.cloud.yaml Pulumi.yaml bin offline sdks the cache the state" \
    "$(find . -mindepth 1 -maxdepth 1 ! -name calls ! -name output -printf '%f\n' | sort | paste --serial --delimiters=' ')" \
    "the files after make clean"
assert_equal "offline/kubernetes/main.go sdks/libvirt/index.ts" \
    "$(find offline sdks -type f | sort | paste --serial --delimiters=' ')" "the sources after make clean"
run clean >output || fail "make clean in a clean clone failed: $(<output)"

clone
run uninstall >output || fail "make uninstall failed: $(<output)"
[[ ! -e $LAB_CACHE && ! -e $LAB_STATE/templates && -e $LAB_STATE/cells ]] || fail "make uninstall left $(ls "$LAB_STATE")"
assert_contains "$(<output)" "stay"

clone
rmdir node_modules
if run clean >output; then
    fail "make clean removed the state of labs that it did not remove"
fi
assert_contains "$(<output)" "make setup"
[[ -e .lab/cells/dev && -e Pulumi.dev.yaml ]] || fail "the failed make clean changed the clone"
