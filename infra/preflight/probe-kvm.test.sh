#!/usr/bin/env bash
# probe-kvm.sh asks QEMU once a boot, and remembers both answers.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

mkdir -p infra/preflight && cp "$LAB_REPOSITORY/infra/preflight/probe-kvm.sh" infra/preflight/
touch kernel asked
fake qemu-system-x86_64 <<EOF_QEMU
echo asked >>$PWD/asked
cat $PWD/console
EOF_QEMU
PATH=$PWD/bin:$PATH
boot=$(</proc/sys/kernel/random/boot_id)
memory() { cat .lab/kvm; }

answer() { # CONSOLE   what a first and a second probe say when the guest's console shows this
    rm -rf .lab asked
    echo "$1" >console
    local first=no second=no
    infra/preflight/probe-kvm.sh kernel && first=yes
    echo "changed" >console
    infra/preflight/probe-kvm.sh kernel && second=yes
    assert_equal "$first" "$second" "the second answer"
    echo "$first"
}

assert_equal no "$(answer "KVM internal error")" "the answer where the guest doesn't start"
assert_equal "$boot fails" "$(memory)" "what is remembered"
if [[ -w /dev/kvm ]]; then
    assert_equal yes "$(answer "Kernel panic - not syncing: VFS")" "the answer where the kernel runs"
    assert_equal "$boot works" "$(memory)" "what is remembered"
    assert_equal asked "$(<asked)" "how often QEMU was asked"
else
    assert_equal no "$(answer "Kernel panic - not syncing: VFS")" "the answer without /dev/kvm"
fi

# Another boot may have another hypervisor.
echo "another-boot works" >.lab/kvm
echo nothing >console
if infra/preflight/probe-kvm.sh kernel; then
    fail "an answer from another boot was taken"
fi
