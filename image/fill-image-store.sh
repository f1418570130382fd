#!/usr/bin/env bash
# Imports container images into the containerd of a guest's tree: fill-image-store.sh TREE ARCHIVE...
# The guest's own containerd does it, so that its database and snapshots are of the guest's version.
set -euo pipefail

tree=$1
shift
mkdir -p "$tree/images"
trap 'rm -rf "$tree/images"' EXIT
cp "$@" "$tree/images/"

"$(dirname "$0")/in-tree.sh" "$tree" <<'GUEST'
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
containerd >/tmp/containerd.log 2>&1 &
for _ in {1..100}; do
    ctr version >/dev/null 2>&1 && break
    sleep 0.2
done
for archive in /images/*.tar; do
    ctr --namespace k8s.io images import "$archive" >/tmp/import.log 2>&1 || {
        cat /tmp/import.log /tmp/containerd.log >&2
        exit 1
    }
done
ctr --namespace k8s.io images list --quiet | sort >/var/lib/containerd/images.txt
kill %1
wait
GUEST
