#!/usr/bin/env bash
# Prepares the network and mount namespace that it runs in, and runs a command: network.sh ROOT_FILE_SYSTEM COMMAND...
# The command receives a writable copy of the root file system, in memory, as CONFORMANCE_MACHINE.
set -euo pipefail

# An ordinary user's PATH on Debian lacks chroot and ip.
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
work=$(mktemp --directory)
trap 'umount --lazy "$work" && rmdir "$work"' EXIT
mount --types tmpfs conformance "$work"
mkdir "$work/changes" "$work/work" "$work/machine"
mount --types overlay --options "lowerdir=$1,upperdir=$work/changes,workdir=$work/work" overlay "$work/machine"
mount --types tmpfs run "$work/machine/run"
mount --types proc proc "$work/machine/proc"
# Device files of the root file system have no effect in a user namespace.
mount --rbind /dev "$work/machine/dev"
CONFORMANCE_MACHINE=$work/machine "${@:2}"
