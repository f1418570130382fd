#!/usr/bin/env bash
# Removes the lab's libvirt objects that its stack doesn't know: what an interrupted update left behind.
#   remove-orphans.sh STACK [LIBVIRT_URI]
# Called before `up` and `destroy` by bin/pulumi; an object is the lab's when its name begins with certificate-lab-STACK.
set -euo pipefail

stack=$1 uri=${2:-qemu:///system}
lab=certificate-lab-$stack
# shellcheck source=toolchain/env.sh
source "$(dirname "$0")/../toolchain/env.sh"

virsh() { command virsh --quiet --connect "$uri" "$@"; }
if ! virsh version >/dev/null 2>&1; then
    exit 0 # preflight says it better
fi
known=$(pulumi stack export --stack "$stack" 2>/dev/null |
    jq --raw-output '.deployment.resources[]? | select(.type | startswith("libvirt:")) | .outputs.name // empty')

orphan() { ! grep --quiet --line-regexp --fixed-strings -- "$1" <<<"$known"; }
removing() { echo "Removing $1, which an interrupted update left behind." >&2; }

for domain in $(virsh list --all --name | grep "^$lab-" || true); do
    if orphan "$domain"; then
        removing "$domain"
        virsh destroy "$domain" >/dev/null 2>&1 || true
        virsh undefine "$domain" >/dev/null
    fi
done
for network in $(virsh net-list --all --name | grep --extended-regexp "^$lab-(front|k8s)$" || true); do
    if orphan "$network"; then
        removing "network $network"
        virsh net-destroy "$network" >/dev/null 2>&1 || true
        virsh net-undefine "$network" >/dev/null
    fi
done
if virsh pool-list --all --name | grep --quiet "^$lab *$"; then
    virsh pool-start "$lab" >/dev/null 2>&1 || true
    virsh pool-refresh "$lab" >/dev/null 2>&1 || true
    for volume in $(virsh vol-list "$lab" | awk '{print $1}'); do
        if orphan "$volume"; then
            removing "volume $volume"
            virsh vol-delete --pool "$lab" "$volume" >/dev/null
        fi
    done
    if orphan "$lab"; then
        removing "storage pool $lab"
        virsh pool-destroy "$lab" >/dev/null
        virsh pool-delete "$lab" >/dev/null 2>&1 || true
        virsh pool-undefine "$lab" >/dev/null
    fi
fi
