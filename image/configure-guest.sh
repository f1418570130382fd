#!/usr/bin/env bash
# Runs inside the guest's tree once packages are installed: nothing starts by itself that a role has not asked for.
set -euo pipefail

systemctl disable keepalived ipvsadm named haproxy containerd netfilter-persistent nftables 2>/dev/null || true
systemctl disable apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer systemd-timesyncd.service 2>/dev/null || true
# What a machine without hardware, clock source or display of its own need not spend emulated time on.
systemctl mask systemd-networkd-wait-online.service systemd-firstboot.service systemd-binfmt.service \
    systemd-udev-load-credentials.service systemd-machine-id-commit.service getty@tty1.service systemd-logind.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount dev-mqueue.mount modprobe@configfs.service modprobe@drm.service modprobe@fuse.service \
    modprobe@efi_pstore.service systemd-pstore.service systemd-network-generator.service systemd-random-seed.service \
    systemd-tmpfiles-setup-dev-early.service kmod-static-nodes.service systemd-journal-flush.service \
    systemd-networkd-persistent-storage.service tmp.mount run-lock.mount
systemctl enable systemd-networkd
systemctl set-default multi-user.target

ln --force --symbolic kubernetes /usr/local/bin/kubelet
# kubeadm and kubelet look for CNI plugins where upstream's packages put them.
mkdir -p /opt/cni
ln --force --symbolic /usr/lib/cni /opt/cni/bin
kubectl completion bash >/etc/bash_completion.d/kubectl

# With it cloud-init checks the program's own user-data against a schema, which takes an emulated machine several seconds.
dpkg --purge --force-depends python3-jsonschema

# The lab reaches no public server, and with public roots an emulated machine needs a minute to add the lab's own.
sed --in-place 's/^mozilla/!mozilla/' /etc/ca-certificates.conf
update-ca-certificates --fresh

rm -f /etc/ssh/ssh_host_* /etc/resolv.conf
: >/etc/machine-id
echo "LABEL=root / ext4 defaults 0 1" >/etc/fstab
update-initramfs -u -k all
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/log/*.log
# The tree is complete: the units that rebuild caches after an upgrade (ConditionNeedsUpdate=) have nothing to do.
ldconfig
touch /etc/.updated /var/.updated
