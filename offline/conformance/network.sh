#!/usr/bin/env bash
# Runs a command in the suite's own network and mount namespace: network.sh ROOT_FILE_SYSTEM COMMAND...
# CONFORMANCE_MACHINE names a copy of the root file system that lives in memory, for SSH servers to run in.
set -euo pipefail

ip link set lo up
work=$(mktemp --directory)
trap 'umount --lazy --recursive "$work" && rmdir "$work"' EXIT
mount --types tmpfs conformance "$work"
mkdir "$work/changes" "$work/work" "$work/machine"
mount --types overlay --options "lowerdir=$1,upperdir=$work/changes,workdir=$work/work" overlay "$work/machine"
mount --types tmpfs run "$work/machine/run"
mount --types proc proc "$work/machine/proc"
CONFORMANCE_MACHINE=$work/machine "${@:2}"
