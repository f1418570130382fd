#!/usr/bin/env bash
# go-build.sh builds when an input changed, and only then.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
mkdir module
printf 'module example\n\ngo 1.26\n' >module/go.mod
printf 'package main\n\nvar version = "unset"\n\nfunc main() { println(version) }\n' >module/main.go
build() { "$here/../go-build.sh" module . "$PWD/out/program"; }

assert_contains "$(build)" "Building program: "
assert_equal unset "$(out/program 2>&1)" "the program's output"
assert_equal "" "$(build)" "a second build's output"

printf 'package main\n' >module/main_test.go
echo notes >module/README.md
assert_equal "" "$(build)" "the output after a test and a text changed"

assert_contains "$(GO_LDFLAGS="-X main.version=1.2.3" build)" "Building program: "
assert_equal 1.2.3 "$(out/program 2>&1)" "the output with linker flags"

printf 'package main\n\nfunc main() { println("changed") }\n' >module/main.go
assert_contains "$(build)" "Building program: "
assert_equal changed "$(out/program 2>&1)" "the output after a source changed"

rm out/program
assert_contains "$(build)" "Building program: "

echo 'not Go' >module/main.go
if message=$(build 2>&1); then
    fail "a module that doesn't compile was built"
fi
assert_contains "$message" "expected 'package'"
assert_contains "$message" "All output: $LAB_CACHE/log/build-program.log"
printf 'package main\n\nfunc main() { println("corrected") }\n' >module/main.go
assert_contains "$(build)" "Building program: "
assert_equal corrected "$(out/program 2>&1)" "the output after a failed build"

# shellcheck disable=SC2016  # go generate expands the variable
printf 'package main\n\nimport _ "embed"\n\n//go:generate sh -c "echo text of $GOPACKAGE >embedded"\n\n//go:embed embedded\nvar text string\n\nfunc main() { print(text) }\n' >module/main.go
assert_contains "$(build)" "Building program: "
assert_equal "text of main" "$(out/program 2>&1)" "the output of a program that embeds a generated file"
