#!/usr/bin/env bash
# Writes a Debian root file system as a tar: debian-tree.sh OUTPUT PACKAGES_FILE VARIANT
# VARIANT is mmdebstrap(1)'s. Of the documentation it contains the English man pages. Nothing is mounted; the tar contains
# extended attributes (mtr-packet's capability).
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=image/versions.env
source image/versions.env

# Root needs no user namespace, and a container may forbid them.
mode=unshare
if [[ $EUID -eq 0 ]]; then
    mode=root
fi
# /tmp may be in memory. https://manpages.debian.org/bookworm/mmdebstrap/mmdebstrap.1.en.html
TMPDIR=${LAB_TMP:-/var/tmp} mmdebstrap --quiet --mode="$mode" --variant="$3" --format=tar --include="$(paste --serial --delimiters=, "$2")" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-include=/usr/share/man/man*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    "$DEBIAN_SUITE" "$1" "$DEBIAN_MIRROR"
