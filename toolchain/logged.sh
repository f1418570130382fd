#!/usr/bin/env bash
# Runs a command with its output in a log file: logged.sh LOG TITLE COMMAND...
# Prints the title, and the command's seconds at the end, both after the time since LAB_STARTED (seconds since 1970; default:
# now). After a failure it prints the last lines and the path of the log, $LAB_CACHE/log/LOG.log, and exits with the command's
# status.
set -euo pipefail

# shellcheck source=toolchain/env.sh
source "$(dirname "$0")/env.sh"

log=$LAB_CACHE/log/$1.log title=$2
shift 2
mkdir -p "$LAB_CACHE/log"
begun=$EPOCHSECONDS
line() { # TEXT
    local elapsed=$((EPOCHSECONDS - ${LAB_STARTED:-begun}))
    printf '[%d:%02d] %s\n' $((elapsed / 60)) $((elapsed % 60)) "$1"
}
line "$title ..."
status=0
"$@" >"$log" 2>&1 || status=$?
if ((status != 0)); then
    tail --lines=20 "$log" >&2
    line "$title: failed after $((EPOCHSECONDS - begun)) s. All output: $log" >&2
    exit "$status"
fi
line "$title: $((EPOCHSECONDS - begun)) s"
