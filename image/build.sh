#!/usr/bin/env bash
# Builds the golden image, or finds it in the cache, and links it as .lab/image.
# The image's name is the hash of everything in this folder, so a changed input makes a new image.
#   build.sh [--cached]     --cached: only links an image of the cache; ends with 1 when there is none
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

hash=$(find image -type f -print0 | sort --zero-terminated | xargs --null sha256sum | sha256sum | cut --characters=1-16)
target=$LAB_CACHE/image/$hash
mkdir -p .lab
if [[ -e $target/disk.qcow2 ]]; then
    touch "$target"
    ln --force --no-dereference --symbolic "$target" .lab/image
    exit 0
fi
if [[ ${1:-} == --cached ]]; then
    exit 1
fi

# Root file systems contain other users' files. An ordinary account writes them in a user namespace that maps its subordinate
# IDs, as in a cell; where that is forbidden, sudo does. The PATH that sudo sets lacks the lab's Go.
root=() tree=()
if [[ $EUID -ne 0 ]]; then
    namespace=(unshare --user --map-root-user --map-auto --mount)
    if "${namespace[@]}" true 2>/dev/null; then
        root=("${namespace[@]}")
    else
        echo "Building a root file system needs root."
        root=(sudo env "PATH=$PATH" "HOME=$HOME" "LAB_CACHE=$LAB_CACHE" ${DEBIAN_MIRROR:+"DEBIAN_MIRROR=$DEBIAN_MIRROR"})
        tree=("${root[@]}")
        sudo --validate
    fi
fi
work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-image.XXXXXX)
trap '"${root[@]}" rm -rf "$work"' EXIT

# Debian's packages arrive while the compiler works. A process group, so that the trap ends all of it.
debian_trees() {
    "${tree[@]}" image/debian-tree.sh "$work/containers.tar" image/container-packages.txt essential
    "${tree[@]}" image/debian-tree.sh "$work/guest.tar" image/guest-packages.txt minbase
}
mkdir -p "$LAB_CACHE/log"
set -m
debian_trees >"$LAB_CACHE/log/debian-trees.log" 2>&1 &
trees=$!
set +m
trap 'kill -- -$trees 2>/dev/null || true; "${root[@]}" rm -rf "$work"' EXIT

echo "Building the programs of the machines. The first time takes about 10 minutes on two cores."
image/build-programs.sh
start=$SECONDS
wait "$trees" || {
    tail --lines=20 "$LAB_CACHE/log/debian-trees.log" >&2
    echo "Installing Debian's packages into root file systems failed. All output: $LAB_CACHE/log/debian-trees.log" >&2
    exit 1
}
echo "Waited for Debian's packages: $((SECONDS - start)) s"
step() { # LOG TITLE COMMAND...
    toolchain/logged.sh "image-$1" "$2" "${root[@]}" "${@:3}"
}
step containers "Container images" image/build-containers.sh "$work/containers.tar" "$work/archives"
step guest "The guests' root file system" image/build-guest.sh "$work/guest.tar" "$work/guest"
step store "Container images into the guests' image store" image/fill-image-store.sh "$work/guest" "$work"/archives/*.tar
step disk "Disk" image/build-disk.sh "$work/guest" "$work/result"
mkdir -p "$(dirname "$target")"
"${root[@]}" rm -rf "$target"
"${root[@]}" mv "$work/result" "$target"
if [[ ${root[0]:-} == sudo ]]; then
    sudo chown --recursive "$(id --user):$(id --group)" "$target"
fi
ln --force --no-dereference --symbolic "$target" .lab/image
# The three images that were used last stay, 2 GB each.
find "$LAB_CACHE/image" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --numeric-sort --reverse | tail --lines=+4 |
    cut --delimiter=' ' --fields=2 | while read -r old; do "${root[@]}" rm -rf "${LAB_CACHE:?}/image/$old"; done
echo "Machine image: $(du --human-readable --apparent-size "$target/disk.qcow2" | cut --fields=1) in $SECONDS s"
