#!/usr/bin/env bash
# Writes the root file system of the guests, the same for all six machines: build-guest.sh DEBIAN_TAR OUTPUT_FOLDER
set -euo pipefail

archive=$(realpath "$1") tree=$(realpath --canonicalize-missing "$2")
cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

mkdir -p "$tree"
# Extended attributes contain the capabilities of programs. The guest's kernel creates the devices.
tar --extract --xattrs --xattrs-include='*' --numeric-owner --exclude='./dev/*' --file "$archive" --directory "$tree"
for program in kubernetes kubeadm kubectl step-ca; do
    install -D --mode=0755 "$LAB_CACHE/programs/$program" "$tree/usr/local/bin/$program"
done
cp --recursive --no-preserve=ownership image/rootfs/. "$tree/"
image/in-tree.sh "$tree" <image/configure-guest.sh
