#!/usr/bin/env bash
# Runs the toolchain's tests, each in a folder of its own, without touching the lab's cache.
set -euo pipefail

cd "$(dirname "$0")"
failed=0
for test in *.test.sh; do
    folder=$(mktemp -d)
    if (cd "$folder" && "$OLDPWD/$test") >"$folder.log" 2>&1; then
        echo "ok   $test"
    else
        echo "FAIL $test"
        cat "$folder.log"
        failed=1
    fi
    rm -rf "$folder" "$folder.log"
done
exit "$failed"
