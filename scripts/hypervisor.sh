#!/usr/bin/env bash
# Runs a libvirtd of the lab's own inside a network namespace, for machines without a system libvirtd (containers, CI).
# Nothing of the lab listens or sends outside that namespace.
#
#   hypervisor.sh start    does nothing when a system libvirtd answers or the namespace's does
#   hypervisor.sh stop     ends it and removes the namespace
#   hypervisor.sh exec CMD...   runs CMD where the lab's network is: in the namespace, or here with a system libvirtd
set -euo pipefail

namespace=certificate-lab
runtime=/run/certificate-lab
socket=/run/libvirt/libvirt-sock

private() { [[ -e /run/netns/$namespace ]]; }

answers() { timeout 20 virsh --connect qemu:///system version >/dev/null 2>&1; }

start_services() {
    mkdir -p "$runtime" /run/dbus /var/lib/libvirt/dnsmasq /run/libvirt
    if [[ ! -S /run/dbus/system_bus_socket ]]; then
        rm -f /run/dbus/pid
        dbus-daemon --system --fork
    fi
    pgrep -x virtlogd >/dev/null || virtlogd --daemon
    # Without a security driver and other users there is nothing to confine QEMU with; the namespace is the border.
    cat >"$runtime/qemu.conf" <<'CONF'
security_driver = "none"
user = "root"
group = "root"
CONF
    if ! cmp --silent "$runtime/qemu.conf" /etc/libvirt/qemu.conf; then
        [[ -e /etc/libvirt/qemu.conf.before-lab ]] || cp -p /etc/libvirt/qemu.conf /etc/libvirt/qemu.conf.before-lab
        cp "$runtime/qemu.conf" /etc/libvirt/qemu.conf
    fi
    ip netns add "$namespace"
    ip netns exec "$namespace" ip link set lo up
    ip netns exec "$namespace" sysctl --quiet --write net.ipv4.ip_forward=1
    # ip netns exec remounts /sys, which would hide the cgroups that libvirtd accounts QEMU with.
    nsenter --net="/run/netns/$namespace" libvirtd --daemon
}

start() {
    if answers; then
        return
    fi
    if [[ $EUID -ne 0 ]]; then
        echo "No libvirtd answers at qemu:///system, and only root can start one: sudo systemctl enable --now libvirtd, or run this as root." >&2
        exit 1
    fi
    if [[ -d /run/systemd/system ]]; then
        systemctl enable --now libvirtd
    else
        stop
        start_services
    fi
    for _ in {1..60}; do
        if answers; then
            return
        fi
        sleep 0.5
    done
    echo "libvirtd does not answer at qemu:///system; its messages: journalctl -u libvirtd, or run libvirtd in the foreground." >&2
    exit 1
}

stop() {
    if ! private; then
        return
    fi
    if [[ -S $socket ]]; then
        pkill -x libvirtd || true
        for _ in {1..40}; do
            pgrep -x libvirtd >/dev/null || break
            sleep 0.25
        done
    fi
    ip netns pids "$namespace" | xargs --no-run-if-empty kill --signal KILL
    ip netns delete "$namespace"
    if [[ -e /etc/libvirt/qemu.conf.before-lab ]]; then
        mv /etc/libvirt/qemu.conf.before-lab /etc/libvirt/qemu.conf
    fi
    rm -rf "$runtime"
}

case ${1:-} in
start) start ;;
stop) stop ;;
exec)
    shift
    if private; then
        exec nsenter --net="/run/netns/$namespace" "$@"
    fi
    exec "$@"
    ;;
*)
    sed --quiet '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
