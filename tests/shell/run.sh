#!/usr/bin/env bash
# Runs the tests of shell scripts, each in a new empty folder: run.sh [TEST...], all of them without arguments.
# The repository's root, for the test's files and the assertions.
set -euo pipefail

cd "$(dirname "$0")/../.."
# The lab's environment would replace what a test sets up.
for name in "${!LAB_@}" "${!PULUMI_@}"; do
    unset "$name"
done
export LAB_REPOSITORY=$PWD
if (($# == 0)); then
    mapfile -t tests < <(git ls-files --cached --others --exclude-standard '*.test.sh')
    set -- "${tests[@]}"
fi
failed=0
for test in "$@"; do
    test=$(realpath --relative-to="$PWD" "$test")
    folder=$(mktemp --directory)
    if (cd "$folder" && "$LAB_REPOSITORY/$test") >"$folder.log" 2>&1; then
        echo "ok   $test"
    else
        echo "FAIL $test"
        cat "$folder.log"
        failed=1
    fi
    rm -rf "$folder" "$folder.log"
done
exit "$failed"
