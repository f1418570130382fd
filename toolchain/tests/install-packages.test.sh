#!/usr/bin/env bash
# On a system without apt, install-packages.sh names the missing packages and changes nothing.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

# A PATH with the programs that the script uses, without dpkg-query and apt-get.
mkdir bin
for program in bash dirname grep; do
    ln -s "$(command -v "$program")" "bin/$program"
done
if message=$(PATH=$PWD/bin bash "$here/../install-packages.sh" 2>&1); then
    fail "it succeeded on a system without apt: $message"
fi
assert_contains "$message" "no apt"
for package in qemu-system-x86 libvirt-daemon-system mmdebstrap; do
    assert_contains "$message" "$package"
done
