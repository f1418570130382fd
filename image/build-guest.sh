#!/usr/bin/env bash
# Makes the guests' root file system, the same for all six machines: build-guest.sh OUTPUT_FOLDER
set -euo pipefail

tree=$(realpath --canonicalize-missing "$1")
cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

archive=$(mktemp --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-guest.XXXXXX.tar)
trap 'rm -f "$archive"' EXIT
image/debian-tree.sh "$archive" image/guest-packages.txt minbase
mkdir -p "$tree"
# With extended attributes: ping has its right to raw sockets there.
tar --extract --xattrs --xattrs-include='*' --numeric-owner --file "$archive" --directory "$tree"
for program in kubernetes kubeadm kubectl step-ca; do
    install -D --mode=0755 "$LAB_CACHE/programs/$program" "$tree/usr/local/bin/$program"
done
cp --recursive --no-preserve=ownership image/rootfs/. "$tree/"
unshare --mount --net chroot "$tree" /bin/bash <image/configure-guest.sh
