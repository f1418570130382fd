#!/usr/bin/env bash
# Runs standard input as a Bash script in the root file system TREE, without network: in-tree.sh TREE
# Its mounts and processes end with it. /dev is this machine's, because a user namespace may not create devices or mount a
# devtmpfs.
set -euo pipefail

# shellcheck disable=SC2016  # $0 is the inner shell's argument
exec unshare --mount --pid --fork --kill-child --net \
    bash -euc 'mount --rbind /dev "$0/dev"; mount -t proc proc "$0/proc"; exec chroot "$0" /bin/bash -euo pipefail' "$1"
