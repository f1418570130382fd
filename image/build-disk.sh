#!/usr/bin/env bash
# Writes the files that libvirt boots from the guest's tree: build-disk.sh TREE OUTPUT_FOLDER
# Output: disk.qcow2, vmlinuz, initrd.img, and the lists of contents packages.txt and images.txt.
set -euo pipefail

tree=$(realpath "$1")
output=$(realpath --canonicalize-missing "$2")
cd "$(dirname "$0")/.."
# shellcheck source=image/versions.env
source image/versions.env

mkdir -p "$output"
chmod 0755 "$output"
# The hypervisor boots this kernel. kubeadm reads the kernel's configuration, which stays in /boot.
mv "$tree"/boot/vmlinuz-* "$output/vmlinuz"
image/build-initrd.sh "$tree" "$output/initrd.img"
chroot "$tree" dpkg-query --show >"$output/packages.txt"
cp "$tree/var/lib/containerd/images.txt" "$output/images.txt"
trap 'rm -f "$output/disk.raw"' EXIT
truncate --size "$DISK_SIZE" "$output/disk.raw"
mke2fs -q -t ext4 -L root -d "$tree" "$output/disk.raw"
qemu-img convert -O qcow2 "$output/disk.raw" "$output/disk.qcow2"
