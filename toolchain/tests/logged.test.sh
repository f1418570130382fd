#!/usr/bin/env bash
# logged.sh writes a command's output to a log, and shows the end and the path of the log after a failure.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
without_times() { sed 's/[0-9]* s\>/N s/'; }
output=$("$here/../logged.sh" count "Counting" bash -c 'seq 30; echo problem >&2' | without_times)
assert_equal "Counting ...
Counting: N s" "$output" "the output of a command that succeeds"
assert_equal "$(seq 30; echo problem)" "$(<"$LAB_CACHE/log/count.log")" "the log"

status=0
output=$("$here/../logged.sh" count "Counting" bash -c 'seq 30; exit 3' 2>&1) || status=$?
output=$(without_times <<<"$output")
assert_equal 3 "$status" "the status of a command that fails"
assert_equal "Counting ...
$(seq 11 30)
Counting: failed after N s. All output: $LAB_CACHE/log/count.log" "$output" "the output of a command that fails"
