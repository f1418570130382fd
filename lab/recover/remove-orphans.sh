#!/usr/bin/env bash
# Removes the lab's libvirt objects that its stack doesn't know: what an interrupted update left behind.
#   remove-orphans.sh STACK LIBVIRT_URI [--force] <EXPORT     EXPORT is what `pulumi stack export` prints
# An object is the lab's when it has one of the names that the program gives: another lab's may begin with the same.
# A lab of which the stack knows nothing is another clone's, or its state is lost: it ends with 1, or with --force removes it.
set -euo pipefail

lab=certificate-lab-$1 uri=$2 force=${3:-}
machines=(lb host acme-server k8s-master k8s-worker1 k8s-worker2)
networks=(front k8s)

virsh() { command virsh --quiet --connect "$uri" "$@"; }
# Read in any case: who writes the export must not write to a closed pipe.
known=$(jq --raw-output '.deployment.resources[]? | select(.type | startswith("libvirt:")) | .outputs.name // .inputs.name // empty')
if ! virsh version >/dev/null 2>&1; then
    exit 0 # preflight says it better
fi

# has NAME <LIST: whether one of the list's lines is the name; virsh pads them with spaces, which read takes away.
has() {
    local line
    while read -r line; do
        [[ $line != "$1" ]] || return 0
    done
    return 1
}
is_known() { has "$1" <<<"$known"; }
removing() {
    if [[ -n $known || $force == --force ]]; then
        echo "Removing $1, which an interrupted update left behind." >&2
        return
    fi
    cat >&2 <<EOF
There is a lab called $lab at $uri already, and this stack knows nothing of it; nothing was changed.
If it is another clone's: destroy it there, or build this one under another name (make up STACK=another).
If its state is lost, remove it: scripts/hypervisor.sh exec lab/recover/remove-orphans.sh ${lab#certificate-lab-} $uri --force <<<'{}'
EOF
    exit 1
}

domains=$(virsh list --all --name)
for machine in "${machines[@]}"; do
    domain=$lab-$machine
    if has "$domain" <<<"$domains" && ! is_known "$domain"; then
        removing "$domain"
        virsh destroy "$domain" >/dev/null 2>&1 || true # it may be off
        virsh undefine --managed-save --snapshots-metadata "$domain" >/dev/null
    fi
done
existing=$(virsh net-list --all --name)
for network in "${networks[@]}"; do
    network=$lab-$network
    if has "$network" <<<"$existing" && ! is_known "$network"; then
        removing "network $network"
        virsh net-destroy "$network" >/dev/null 2>&1 || true
        virsh net-undefine "$network" >/dev/null
    fi
done
pools=$(virsh pool-list --all --name)
if has "$lab" <<<"$pools"; then
    # A pool that was interrupted while it was made has no folder yet.
    virsh pool-start "$lab" >/dev/null 2>&1 || true
    virsh pool-refresh "$lab" >/dev/null 2>&1 || true
    for volume in $(virsh vol-list "$lab" 2>/dev/null | awk '{print $1}' || true); do
        if ! is_known "$volume"; then
            removing "volume $volume"
            virsh vol-delete --pool "$lab" "$volume" >/dev/null
        fi
    done
    if ! is_known "$lab"; then
        removing "storage pool $lab"
        virsh pool-destroy "$lab" >/dev/null 2>&1 || true
        virsh pool-delete "$lab" >/dev/null 2>&1 || true
        virsh pool-undefine "$lab" >/dev/null
    fi
fi
