#!/usr/bin/env bash
# Configures the guest's tree, from inside, after its packages were installed. The result is the same for all six machines.
set -euo pipefail

# Units that the packages start by default run only on machines that need them.
systemctl preset-all
# Units that are not enabled but belong to systemd's own targets. No machine of the lab has hardware, a clock, a display or
# a file system that needs them.
systemctl mask systemd-networkd-wait-online.service systemd-firstboot.service systemd-binfmt.service \
    systemd-udev-load-credentials.service systemd-machine-id-commit.service systemd-logind.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount dev-mqueue.mount modprobe@configfs.service modprobe@drm.service modprobe@fuse.service \
    modprobe@efi_pstore.service systemd-pstore.service systemd-network-generator.service systemd-random-seed.service \
    systemd-tmpfiles-setup-dev-early.service kmod-static-nodes.service systemd-journal-flush.service \
    systemd-networkd-persistent-storage.service tmp.mount run-lock.mount
systemctl set-default multi-user.target

ln --force --symbolic kubernetes /usr/local/bin/kubelet
# The folder of upstream's packages, kubeadm's and kubelet's default.
mkdir -p /opt/cni
ln --force --symbolic /usr/lib/cni /opt/cni/bin
kubectl completion bash >/etc/bash_completion.d/kubectl

# No public server is reachable, and with public roots an emulated machine needs a minute to add the lab's own.
sed --in-place 's/^mozilla/!mozilla/' /etc/ca-certificates.conf
update-ca-certificates --fresh

rm -f /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname
: >/etc/machine-id
rm -rf /boot/initrd.img-* /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log
# The tree is complete: units that rebuild caches after an upgrade (ConditionNeedsUpdate=) have nothing to do.
ldconfig
touch /etc/.updated /var/.updated
