#!/usr/bin/env bash
# Turns the guest's tree into what libvirt boots: build-disk.sh TREE OUTPUT_FOLDER
# Output: disk.qcow2, vmlinuz, initrd.img, and the lists packages.txt and images.txt of what is in it.
set -euo pipefail

tree=$(realpath "$1")
output=$(realpath --canonicalize-missing "$2")
cd "$(dirname "$0")/.."
# shellcheck source=image/versions.env
source image/versions.env

mkdir -p "$output"
chmod 0755 "$output"
# The machines are started with these; kubeadm still reads the kernel's configuration beside them.
mv "$tree"/boot/vmlinuz-* "$output/vmlinuz"
mv "$tree"/boot/initrd.img-* "$output/initrd.img"
chroot "$tree" dpkg-query --show >"$output/packages.txt"
cp "$tree/var/lib/containerd/images.txt" "$output/images.txt"
trap 'rm -f "$output/disk.raw"' EXIT
truncate --size "$DISK_SIZE" "$output/disk.raw"
mke2fs -q -t ext4 -L root -d "$tree" "$output/disk.raw"
qemu-img convert -O qcow2 "$output/disk.raw" "$output/disk.qcow2"
