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

machine=$LAB_CACHE/conformance-machine-$DEBIAN_SUITE
if [[ ! -e $machine ]]; then
    root=()
    if [[ $EUID -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "The root file system $machine is missing, and building it needs root. As root: LAB_CACHE='$LAB_CACHE' $0" >&2
            exit 1
        fi
        root=(sudo env "PATH=$PATH" "HOME=$HOME" "LAB_CACHE=$LAB_CACHE")
    fi
    echo "Building the root file system of the suite's SSH server"
    work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-conformance.XXXXXX)
    trap '"${root[@]}" rm -rf "$work"' EXIT
    "${root[@]}" image/debian-tree.sh "$work/tree.tar" offline/conformance/machine-packages.txt minbase
    "${root[@]}" mkdir -p "$work/tree"
    "${root[@]}" tar --extract --numeric-owner --file "$work/tree.tar" --directory "$work/tree"
    # Its files belong to the user: they are root's in a user namespace.
    "${root[@]}" chown --recursive --no-dereference "$(id --user):$(id --group)" "$work/tree"
    "${root[@]}" mv "$work/tree" "$machine"
fi
user=()
[[ $EUID -eq 0 ]] || user=(--user --map-root-user --map-auto)
unshare "${user[@]}" --net --mount --pid --fork --kill-child --mount-proc \
    offline/conformance/network.sh "$machine" node_modules/.bin/vitest run --project plugins "$@"
