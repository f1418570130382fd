#!/usr/bin/env bash
# go-build.sh builds when an input changed, and only then.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

mkdir module
printf 'module example\n\ngo 1.26\n' >module/go.mod
printf 'package main\n\nvar version = "unset"\n\nfunc main() { println(version) }\n' >module/main.go
build() { "$here/../go-build.sh" module . "$PWD/out/program"; }

assert_contains "$(build)" "Built program in"
assert_equal unset "$(out/program 2>&1)" "the program's output"
assert_equal "" "$(build)" "a second build's output"

printf 'package main\n' >module/main_test.go
echo notes >module/README.md
assert_equal "" "$(build)" "the output after a test and a text changed"

assert_contains "$(GO_LDFLAGS="-X main.version=1.2.3" build)" "Built program"
assert_equal 1.2.3 "$(out/program 2>&1)" "the output with linker flags"

printf 'package main\n\nfunc main() { println("changed") }\n' >module/main.go
assert_contains "$(build)" "Built program"
assert_equal changed "$(out/program 2>&1)" "the output after a source changed"

rm out/program
assert_contains "$(build)" "Built program"

echo 'not Go' >module/main.go
if build 2>/dev/null; then
    fail "a module that doesn't compile was built"
fi
printf 'package main\n\nfunc main() { println("mended") }\n' >module/main.go
assert_contains "$(build)" "Built program"
assert_equal mended "$(out/program 2>&1)" "the output after a failed build"
