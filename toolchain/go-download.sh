# Downloads for later builds, sourced by the scripts that build several Go programs.
# shellcheck shell=bash

# Downloads the Go modules of packages while the caller compiles: download_in_background MODULE_DIR=PACKAGE...
# Errors are ignored because the builds report them. The downloads end with the calling script.
download_in_background() {
    mkdir -p "$LAB_CACHE/log"
    # A process group, so that the trap ends `go` as well.
    set -m
    {
        for pair in "$@"; do
            CGO_ENABLED=0 go -C "${pair%%=*}" list -e -deps "${pair#*=}" || true
        done
    } >"$LAB_CACHE/log/go-download.log" 2>&1 &
    set +m
    # shellcheck disable=SC2064  # expanded now: $! changes
    trap "kill -- -$! 2>/dev/null || true" EXIT
}
