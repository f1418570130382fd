#!/usr/bin/env bash
# The disk has the label and the files that cloud-init looks for, and only its owner can read it.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

write() { FILE=$1 "$LAB_REPOSITORY/infra/hypervisor/write-cloud-init-disk.sh"; }
read_file() { isoinfo -i disks/lb.iso -R -x "/$1"; }

jq --null-input '{"user-data": "#cloud-config\nhostname: lb\n", "meta-data": "instance-id: lb-1\n", "network-config": "version: 2"}' |
    write disks/lb.iso
assert_contains "$(isoinfo -i disks/lb.iso -d)" "Volume id: cidata"
assert_equal $'#cloud-config\nhostname: lb' "$(read_file user-data)" "user-data"
assert_equal "instance-id: lb-1" "$(read_file meta-data)" "meta-data"
assert_equal "version: 2" "$(read_file network-config)" "network-config"
assert_equal 600 "$(stat --format=%a disks/lb.iso)" "the disk's permissions"

if echo '{"user-data": ""}' | write disks/incomplete.iso 2>/dev/null; then
    fail "a disk was written without meta-data"
fi
[[ ! -e disks/incomplete.iso ]] || fail "there is a disk without meta-data"
