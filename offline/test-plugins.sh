#!/usr/bin/env bash
# Runs the conformance suite against the command plugin in PULUMI_HOME, the official one or the lab's:
#   test-plugins.sh [VITEST ARGUMENT...]
# Its SSH server listens in a network namespace, and ends with it.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# shellcheck source=image/versions.env
source image/versions.env

root=()
[[ $EUID -eq 0 ]] || root=(sudo env "PATH=$PATH" "HOME=$HOME" "LAB_CACHE=$LAB_CACHE" "PULUMI_HOME=$PULUMI_HOME")
machine=$LAB_CACHE/conformance-machine-$DEBIAN_SUITE
if [[ ! -e $machine ]]; then
    echo "Building the root file system of the suite's SSH server"
    work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-conformance.XXXXXX)
    trap '"${root[@]}" rm -rf "$work"' EXIT
    "${root[@]}" image/debian-tree.sh "$work/tree.tar" offline/conformance/machine-packages.txt minbase
    "${root[@]}" mkdir -p "$work/tree"
    "${root[@]}" tar --extract --numeric-owner --file "$work/tree.tar" --directory "$work/tree"
    "${root[@]}" mv "$work/tree" "$machine"
fi
"${root[@]}" unshare --net --mount --pid --fork --kill-child --mount-proc \
    offline/conformance/network.sh "$machine" node_modules/.bin/vitest run --project plugins "$@"
