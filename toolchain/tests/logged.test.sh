#!/usr/bin/env bash
# logged.sh writes a command's output to a log, and shows the end and the path of the log after a failure.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
LAB_STARTED=$(($(date +%s) - 65))
export LAB_STARTED
without_times() { sed --regexp-extended 's/[0-9]+ s\>/N s/; s/^\[1:[0-5][0-9]\]/[1:NN]/'; }
output=$("$here/../logged.sh" count "Counting" bash -c 'seq 30; echo problem >&2' | without_times)
assert_equal "[1:NN] Counting ...
[1:NN] Counting: N s" "$output" "the output of a command that succeeds"
assert_equal "$(seq 30; echo problem)" "$(<"$LAB_CACHE/log/count.log")" "the log"

status=0
output=$("$here/../logged.sh" count "Counting" bash -c 'seq 30; exit 3' 2>&1) || status=$?
output=$(without_times <<<"$output")
assert_equal 3 "$status" "the status of a command that fails"
assert_equal "[1:NN] Counting ...
$(seq 11 30)
[1:NN] Counting: failed after N s. All output: $LAB_CACHE/log/count.log" "$output" "the output of a command that fails"
