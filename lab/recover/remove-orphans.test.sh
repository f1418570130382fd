#!/usr/bin/env bash
# remove-orphans.sh removes what has one of the lab's names and is not in its stack, and nothing else.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

# A libvirt whose objects are files: domains/NAME, networks/NAME, pools/NAME/VOLUME.
fake virsh <<'EOF_VIRSH'
set -euo pipefail
[[ $1 == --quiet && $2 == --connect && $3 == test:///default ]]
last=${*: -1}
case $4 in
version) [[ -e domains ]] ;;
list) ls domains ;;
net-list) ls networks ;;
pool-list) ls pools | sed 's/$/ /' ;;
vol-list) ls "pools/$last" | sed "s#.*# & /pools/$last/&#" ;;
undefine) rm "domains/$last" ;;
net-undefine) rm "networks/$last" ;;
vol-delete) rm "pools/$6/$last" ;;
pool-undefine) rmdir "pools/$last" ;;
destroy | net-destroy | pool-start | pool-refresh | pool-destroy | pool-delete) ;;
*) echo "unexpected: virsh $*" >&2; exit 1 ;;
esac
EOF_VIRSH
PATH=$PWD/bin:$PATH

libvirt_with() { # FILE...
    rm -rf domains networks pools
    mkdir domains networks pools
    for file in "$@"; do
        mkdir -p "$(dirname "$file")"
        touch "$file"
    done
}
exported() { # NAME...   what `pulumi stack export` prints of a stack with these objects
    jq --null-input '{deployment: {resources: [$ARGS.positional[] | {type: "libvirt:index/domain:Domain", outputs: {name: .}}]}}' --args "$@"
}
objects() { find domains networks pools -mindepth 1 -type f | one_line; }
one_line() { sort | paste --serial --delimiters=' '; }
remove_orphans() { "$LAB_REPOSITORY/lab/recover/remove-orphans.sh" "$1" test:///default "${@:2}"; }

others=(
    domains/{certificate-lab-dev-2-lb,certificate-lab-dev2-lb,certificate-lab-dev-lb-copy,web}
    networks/{certificate-lab-dev-2-front,default}
    pools/{certificate-lab-dev-2/disk.qcow2,default/disk.qcow2}
)

# What the stack knows stays, what it doesn't goes.
libvirt_with "${others[@]}" domains/certificate-lab-dev-{lb,host} networks/certificate-lab-dev-{front,k8s} \
    pools/certificate-lab-dev/{disk.qcow2,lb-1.qcow2}
message=$(exported certificate-lab-dev{-lb,-front,} disk.qcow2 | remove_orphans dev 2>&1)
assert_contains "$message" "Removing certificate-lab-dev-host,"
assert_contains "$message" "Removing network certificate-lab-dev-k8s,"
assert_contains "$message" "Removing volume lb-1.qcow2,"
kept=(domains/certificate-lab-dev-lb networks/certificate-lab-dev-front pools/certificate-lab-dev/disk.qcow2)
assert_equal "$(printf '%s\n' "${others[@]}" "${kept[@]}" | one_line)" "$(objects)" "what is left of a stack in part known"

# A lab of which the stack knows nothing may be another clone's: no part of it goes, and the message says what to do.
for file in domains/certificate-lab-dev-lb networks/certificate-lab-dev-k8s pools/certificate-lab-dev/disk.qcow2; do
    libvirt_with "$file"
    if message=$(exported | remove_orphans dev 2>&1); then
        fail "it went on beside another clone's $file"
    fi
    assert_contains "$message" "a lab called certificate-lab-dev at test:///default already"
    assert_contains "$message" "remove-orphans.sh dev test:///default --force"
    assert_equal "$file" "$(objects)" "what is left of another clone's lab"
done

# When it is told to, of a stack that knows nothing everything goes; labs whose names begin with the same are untouched.
libvirt_with "${others[@]}" domains/certificate-lab-dev-{lb,host,acme-server,k8s-master,k8s-worker1,k8s-worker2} \
    networks/certificate-lab-dev-{front,k8s} pools/certificate-lab-dev/disk.qcow2
jq --null-input '{deployment: {}}' | remove_orphans dev --force 2>/dev/null
assert_equal "$(printf '%s\n' "${others[@]}" | one_line)" "$(objects)" "what is left beside an unknown lab"
[[ ! -e pools/certificate-lab-dev ]] || fail "the lab's pool is still there"

# The other way round, and a dot that is no wildcard.
libvirt_with domains/certificate-lab-{dev-lb,dev-2-lb,a.b-lb,aXb-lb}
exported | remove_orphans dev-2 --force 2>/dev/null
exported | remove_orphans a.b --force 2>/dev/null
assert_equal "domains/certificate-lab-aXb-lb domains/certificate-lab-dev-lb" "$(objects)" "what is left of other labs"

# A stack that can't be read knows nothing, which must not be taken for an empty one.
libvirt_with domains/certificate-lab-dev-lb
if echo "error" | remove_orphans dev 2>/dev/null; then
    fail "it went on without the stack's objects"
fi
assert_equal domains/certificate-lab-dev-lb "$(objects)" "what is left without the stack's objects"

# Nor is a libvirt that doesn't answer an error here: preflight reports it.
rm -r domains
exported | remove_orphans dev

# The names are those that the program gives.
script=$(<"$LAB_REPOSITORY/lab/recover/remove-orphans.sh")
for name in $(sed -n 's/^export const machineNames = \[\(.*\)\].*/\1/p' "$LAB_REPOSITORY/infra/config/address-plan.ts" | tr -d '",'); do
    [[ $script =~ machines=\([^\)]*$name ]] || fail "remove-orphans.sh doesn't know the machine $name"
done
