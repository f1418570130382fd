#!/usr/bin/env bash
# Configures the guest's tree from inside, after its packages were installed. The result is the same for all six machines.
set -euo pipefail

systemd-sysusers
# Packages enable their services. Here each machine enables those that it needs, see rootfs/etc/systemd/system-preset.
systemctl preset-all
# Parts of systemd that start without being enabled. No machine of the lab has the hardware, clock, display or file systems
# for which they exist.
systemctl mask systemd-networkd-wait-online.service systemd-firstboot.service systemd-binfmt.service \
    systemd-udev-load-credentials.service systemd-machine-id-commit.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    dev-hugepages.mount dev-mqueue.mount modprobe@configfs.service modprobe@drm.service modprobe@fuse.service \
    modprobe@efi_pstore.service systemd-pstore.service systemd-network-generator.service systemd-random-seed.service \
    systemd-tmpfiles-setup-dev-early.service kmod-static-nodes.service systemd-journal-flush.service \
    systemd-networkd-persistent-storage.service systemd-remount-fs.service tmp.mount run-lock.mount
# logind starts when `sudo reboot` requires it, not at boot.
ln --symbolic /dev/null /etc/systemd/system/multi-user.target.wants/systemd-logind.service
generators=/etc/systemd/system-generators
mkdir -p "$generators"
for name in gpt-auto hibernate-resume rc-local ssh system-update sysv tpm2; do
    ln --symbolic /dev/null "$generators/systemd-$name-generator"
done
systemctl set-default multi-user.target

# As on Ubuntu: systemd-sysctl itself reads the files in /etc/sysctl.d only.
ln --symbolic ../sysctl.conf /etc/sysctl.d/99-sysctl.conf

ln --force --symbolic kubernetes /usr/local/bin/kubelet
# As in upstream's package of kubelet, which looks for it every second where it is missing.
mkdir -p /etc/kubernetes/manifests
# The folder of upstream's packages, kubeadm's and kubelet's default.
mkdir -p /opt/cni
ln --force --symbolic /usr/lib/cni /opt/cni/bin
kubectl completion bash >/etc/bash_completion.d/kubectl

# No public server is reachable, and with public roots an emulated machine needs a minute to add the lab's own.
sed --in-place 's/^mozilla/!mozilla/' /etc/ca-certificates.conf
update-ca-certificates --fresh

rm -f /etc/ssh/ssh_host_* /etc/resolv.conf /etc/hostname
: >/etc/machine-id
# The machines boot with the initrd of build-initrd.sh.
rm -rf /boot/initrd.img-* /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc/* /usr/share/locale/* /var/log/*.log
# The tree is complete: units that rebuild caches after an upgrade (ConditionNeedsUpdate=) have nothing to do.
ldconfig
touch /etc/.updated /var/.updated
