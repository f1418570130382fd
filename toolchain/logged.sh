#!/usr/bin/env bash
# Runs a command with its output in a log file: logged.sh LOG TITLE COMMAND...
# Prints the title, and the elapsed seconds at the end. After a failure it prints the last lines and the path of the log,
# $LAB_CACHE/log/LOG.log, and exits with the command's status.
set -euo pipefail

# shellcheck source=toolchain/env.sh
source "$(dirname "$0")/env.sh"

log=$LAB_CACHE/log/$1.log title=$2
shift 2
mkdir -p "$LAB_CACHE/log"
echo "$title ..."
start=$SECONDS
status=0
"$@" >"$log" 2>&1 || status=$?
if ((status != 0)); then
    tail --lines=20 "$log" >&2
    echo "$title: failed after $((SECONDS - start)) s. All output: $log" >&2
    exit "$status"
fi
echo "$title: $((SECONDS - start)) s"
