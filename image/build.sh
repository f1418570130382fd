#!/usr/bin/env bash
# Builds the golden image, or finds it in the cache, and links it as .lab/image.
# The image's name is the hash of everything in this folder, so a changed input makes a new image.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

hash=$(find image -type f -print0 | sort --zero-terminated | xargs --null sha256sum | sha256sum | cut --characters=1-16)
target=$LAB_CACHE/image/$hash
mkdir -p .lab
if [[ -e $target/disk.qcow2 ]]; then
    ln --force --no-dereference --symbolic "$target" .lab/image
    exit 0
fi

start=$SECONDS
step() { printf '[%4d s] %s\n' "$((SECONDS - start))" "$*"; }

step "Programs from Go modules (the first time takes 25 minutes on two cores)"
image/build-programs.sh
# Root file systems hold other users' files and device nodes; sudo's own PATH would lose the lab's Go.
root=()
if [[ $EUID -ne 0 ]]; then
    echo "Building a root file system takes root." >&2
    root=(sudo env "PATH=$PATH" "HOME=$HOME" "LAB_CACHE=$LAB_CACHE" ${DEBIAN_MIRROR:+"DEBIAN_MIRROR=$DEBIAN_MIRROR"})
fi
work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-image.XXXXXX)
trap '"${root[@]}" rm -rf "$work"' EXIT
step "Container images"
"${root[@]}" image/build-containers.sh "$work/archives"
step "The guest's root file system"
"${root[@]}" image/build-guest.sh "$work/guest"
step "Container images into the guest's image store"
"${root[@]}" image/fill-image-store.sh "$work/guest" "$work"/archives/*.tar
step "Disk"
"${root[@]}" image/build-disk.sh "$work/guest" "$work/result"
mkdir -p "$(dirname "$target")"
"${root[@]}" rm -rf "$target"
"${root[@]}" mv "$work/result" "$target"
ln --force --no-dereference --symbolic "$target" .lab/image
step "Machine image: $(du --human-readable --apparent-size "$target/disk.qcow2" | cut --fields=1)"
