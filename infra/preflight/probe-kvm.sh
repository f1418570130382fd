#!/usr/bin/env bash
# Succeeds when a guest really runs under KVM: probe-kvm.sh KERNEL
# /dev/kvm can exist and firmware run under it while a kernel hangs, so the kernel that the lab boots is what is tried:
# without a root file system it panics and ends QEMU. The answer is remembered until this machine's next boot, in .lab/kvm.
set -euo pipefail

kernel=$(realpath "$1")
cd "$(dirname "$0")/../.."
boot=$(</proc/sys/kernel/random/boot_id)
memory=.lab/kvm
if [[ -e $memory && $(<"$memory") == "$boot "* ]]; then
    [[ $(<"$memory") == "$boot works" ]]
    exit
fi

probe() {
    [[ -w /dev/kvm ]] || return
    local console
    console=$(timeout 30 qemu-system-x86_64 -accel kvm -cpu host -m 256 -display none -nodefaults -no-reboot -serial stdio \
        -kernel "$kernel" -append "console=ttyS0 panic=-1" 2>/dev/null | tr --delete '\0')
    [[ $console == *"Kernel panic"* ]]
}

mkdir -p .lab
if probe; then
    echo "$boot works" >"$memory"
else
    echo "$boot fails" >"$memory"
    exit 1
fi
