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

# An ordinary user is root in a user namespace, as in a cell.
user=()
[[ $EUID -eq 0 ]] || user=(--user --map-root-user --map-auto)
machine=$LAB_CACHE/conformance-machine-$DEBIAN_SUITE
if [[ ! -e $machine ]]; then
    echo "Building the root file system of the suite's SSH server"
    inside=(unshare "${user[@]}" --mount)
    mkdir -p "$LAB_CACHE"
    work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-conformance.XXXXXX)
    trap '"${inside[@]}" rm -rf "$work"' EXIT
    image/debian-tree.sh "$work/tree.tar" offline/conformance/machine-packages.txt minbase
    mkdir "$work/tree"
    "${inside[@]}" tar --extract --numeric-owner --file "$work/tree.tar" --directory "$work/tree" --exclude='./dev/*'
    # All files belong to the user, who is root in the suite's namespace.
    "${inside[@]}" chown --recursive --no-dereference 0:0 "$work/tree"
    mv "$work/tree" "$machine"
fi
unshare "${user[@]}" --net --mount --pid --fork --kill-child --mount-proc \
    offline/conformance/network.sh "$machine" node_modules/.bin/vitest run --project plugins "$@"
