#!/usr/bin/env bash
# Writes the initrd of all machines: build-initrd.sh TREE OUTPUT
# It contains initrd/init, the commands that this script uses, and the driver of the disks. TREE is the guest's.
set -euo pipefail

tree=$(realpath "$1")
output=$(realpath --canonicalize-missing "$2")
cd "$(dirname "$0")/.."

work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-initrd.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,dev,root}
cp "$tree/usr/bin/busybox" "$work/bin/busybox"
for command in sh mount insmod tar mkdir sha256sum sleep switch_root; do
    ln --symbolic busybox "$work/bin/$command"
done
install --mode=0755 image/initrd/init "$work/init"
"$work/bin/busybox" xzcat "$tree"/usr/lib/modules/*/kernel/drivers/block/virtio_blk.ko.xz >"$work/virtio_blk.ko"
# Uncompressed: QEMU copies it into the guest's memory, and an emulated processor has nothing to decompress.
(cd "$work" && find . | sort | bin/busybox cpio -o -H newc -R 0:0) >"$output"
