#!/usr/bin/env bash
# Builds the golden image, or finds it in the cache, and links it as .lab/image.
# The image's name is the hash of everything in this folder, so a changed input makes a new image.
set -euo pipefail

cd "$(dirname "$0")/.."
cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/certificate-lab}
# shellcheck source=image/versions.env
source image/versions.env

hash=$(find image -type f ! -path 'image/tests/*' -print0 | sort --zero-terminated | xargs --null sha256sum |
    sha256sum | cut --characters=1-16)
target=$cache/image/$hash
mkdir -p .lab
if [[ -e $target/disk.qcow2 ]]; then
    ln --force --no-dereference --symbolic "$target" .lab/image
    exit 0
fi
if [[ $EUID -ne 0 ]]; then
    echo "Building a root file system takes root." >&2
    exec sudo --preserve-env=LAB_CACHE,XDG_CACHE_HOME,HOME,PATH,DEBIAN_MIRROR "$0"
fi

programs=$cache/programs
work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-image.XXXXXX)
trap 'rm -rf "$work"' EXIT
step() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

step "Programs from Go modules (the first time takes some ten minutes)"
kube=k8s.io/component-base/version
GO_LDFLAGS="-X $kube.gitVersion=$KUBERNETES_VERSION -X $kube.gitMajor=1 -X $kube.gitMinor=36 -X k8s.io/client-go/pkg/version.gitVersion=$KUBERNETES_VERSION" \
    toolchain/go-build.sh image/software/kubernetes . "$programs/kubernetes"
for program in controller webhook cainjector acmesolver; do
    GO_LDFLAGS="-X github.com/cert-manager/cert-manager/pkg/util.AppVersion=$CERT_MANAGER_VERSION" \
        toolchain/go-build.sh image/software/cert-manager "./$program" "$programs/cert-manager-$program"
done
GO_LDFLAGS="-X github.com/jcmoraisjr/haproxy-ingress/pkg/version.RELEASE=$HAPROXY_INGRESS_VERSION" \
    toolchain/go-build.sh image/software/haproxy-ingress github.com/jcmoraisjr/haproxy-ingress/pkg "$programs/haproxy-ingress-controller"
toolchain/go-build.sh image/software/step-ca github.com/smallstep/certificates/cmd/step-ca "$programs/step-ca"
toolchain/go-build.sh image/software/etcd go.etcd.io/etcd/server/v3 "$programs/etcd"
toolchain/go-build.sh image/software/coredns github.com/coredns/coredns "$programs/coredns"
gcc -static -O2 -o "$programs/pause" image/software/pause/pause.c

step "Container images' base, from Debian $DEBIAN_SUITE"
debian() { # OUTPUT PACKAGES_FILE VARIANT
    mmdebstrap --quiet --mode=root --variant="$3" --format=tar --include="$(paste --serial --delimiters=, "$2")" \
        --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        "$DEBIAN_SUITE" "$1" "$DEBIAN_MIRROR"
}
debian "$work/containers.tar" image/container-packages.txt essential
mkdir -p "$work/base"
tar --extract --file "$work/containers.tar" --directory "$work/base" --exclude='./dev/*'
nginx=$(chroot "$work/base" dpkg-query --show --showformat='${source:Upstream-Version}' nginx)
if [[ $nginx != "$NGINX_VERSION" ]]; then
    echo "Debian $DEBIAN_SUITE has nginx $nginx now; set NGINX_VERSION in image/versions.env and the tag in manifests/web.yaml." >&2
    exit 1
fi
rm -rf "$work"/base/var/{lib/apt,cache,log}/* "$work"/base/usr/share/{doc,man,locale}
rm -f "$work"/base/usr/share/nginx/modules-enabled/* "$work"/base/etc/nginx/modules-enabled/*
image/layer.sh "$work/base" "$work/base.tar"

step "Container images"
mkdir -p "$work/archives"
program_layer() { # NAME DESTINATION=PROGRAM...: a layer with these programs
    local name=$1 pair
    shift
    for pair in "$@"; do
        install -D --mode=0755 "$programs/${pair#*=}" "$work/$name/${pair%%=*}"
    done
    image/layer.sh "$work/$name" "$work/$name.tar"
    rm -rf "${work:?}/$name"
}
container() { # ARCHIVE REFERENCE ENTRYPOINT COMMAND USER LAYER...
    image/container-image.sh "$work/archives/$1.tar" "${@:2}"
}
kube_programs=(kube-apiserver kube-controller-manager kube-scheduler kube-proxy)
install -D --mode=0755 "$programs/kubernetes" "$work/kubernetes/usr/local/bin/kubernetes"
for program in "${kube_programs[@]}"; do
    ln --symbolic kubernetes "$work/kubernetes/usr/local/bin/$program"
done
image/layer.sh "$work/kubernetes" "$work/kubernetes.tar"
for program in kube-apiserver kube-controller-manager kube-scheduler; do
    container "$program" "registry.k8s.io/$program:$KUBERNETES_VERSION" "[\"/usr/local/bin/$program\"]" null "" "$work/kubernetes.tar"
done
container kube-proxy "registry.k8s.io/kube-proxy:$KUBERNETES_VERSION" null '["/usr/local/bin/kube-proxy"]' "" \
    "$work/base.tar" "$work/kubernetes.tar"
program_layer etcd usr/local/bin/etcd=etcd
container etcd "registry.k8s.io/etcd:$ETCD_TAG" null '["/usr/local/bin/etcd"]' "" "$work/etcd.tar"
program_layer coredns coredns=coredns
container coredns "registry.k8s.io/coredns/coredns:$COREDNS_TAG" '["/coredns"]' null "" "$work/coredns.tar"
program_layer pause pause=pause
container pause "registry.k8s.io/pause:$PAUSE_TAG" '["/pause"]' null 65535:65535 "$work/pause.tar"
for program in controller webhook cainjector acmesolver; do
    program_layer "cert-manager-$program" "app/cmd/$program/$program=cert-manager-$program"
    container "cert-manager-$program" "quay.io/jetstack/cert-manager-$program:$CERT_MANAGER_VERSION" \
        "[\"/app/cmd/$program/$program\"]" null 1000 "$work/cert-manager-$program.tar"
done
image/layer.sh image/containers/nginx "$work/nginx.tar"
container nginx "docker.io/library/nginx:$NGINX_VERSION" null '["nginx","-g","daemon off;"]' "" "$work/base.tar" "$work/nginx.tar"
ingress_module=$(go -C image/software/haproxy-ingress list -m -f '{{.Dir}}' github.com/jcmoraisjr/haproxy-ingress)
mkdir -p "$work/ingress"
cp --recursive --no-preserve=mode "$ingress_module/rootfs/." "$work/ingress/"
rm "$work/ingress/Dockerfile"
chmod 0755 "$work"/ingress/*.sh
install --mode=0755 "$programs/haproxy-ingress-controller" "$work/ingress/haproxy-ingress-controller"
# Its Lua scripts look for lua-json's module by the name that Alpine gives it.
mkdir -p "$work/ingress/var/lib/haproxy" "$work/ingress/var/run/haproxy" "$work/ingress/etc/haproxy"
rmdir "$work/ingress/var/run/haproxy" "$work/ingress/var/run"
image/layer.sh "$work/ingress" "$work/ingress.tar"
container haproxy-ingress "quay.io/jcmoraisjr/haproxy-ingress:$HAPROXY_INGRESS_VERSION" \
    '["/usr/bin/dumb-init","--","/start.sh"]' null "" "$work/base.tar" "$work/ingress.tar"

step "Guest's packages, from Debian $DEBIAN_SUITE"
debian "$work/guest.tar" image/guest-packages.txt minbase
mkdir "$work/guest"
# With extended attributes: ping has its right to raw sockets there.
tar --extract --xattrs --xattrs-include='*' --numeric-owner --file "$work/guest.tar" --directory "$work/guest"
rm "$work/guest.tar"

step "Guest's programs and configuration"
for program in kubernetes step-ca; do
    install -D --mode=0755 "$programs/$program" "$work/guest/usr/local/bin/$program"
done
cp --recursive --no-preserve=ownership image/rootfs/. "$work/guest/"
unshare --mount --net chroot "$work/guest" /bin/bash <image/configure-guest.sh

step "Container images into the guest's image store"
image/fill-image-store.sh "$work/guest" "$work"/archives/*.tar

step "Disk"
mkdir -p "$work/result"
cp "$work"/guest/boot/vmlinuz-* "$work/result/vmlinuz"
cp "$work"/guest/boot/initrd.img-* "$work/result/initrd.img"
# The machines are started with these; kubeadm still wants to read the kernel's configuration.
rm "$work"/guest/boot/vmlinuz-* "$work"/guest/boot/initrd.img-*
chroot "$work/guest" dpkg-query --show >"$work/result/packages.txt"
cp "$work/guest/var/lib/containerd/images.txt" "$work/result/images.txt"
truncate --size "$DISK_SIZE" "$work/disk.raw"
mke2fs -q -t ext4 -L root -d "$work/guest" "$work/disk.raw"
qemu-img convert -O qcow2 "$work/disk.raw" "$work/result/disk.qcow2"
mkdir -p "$(dirname "$target")"
rm -rf "$target"
mv "$work/result" "$target"
chmod 0755 "$target"
ln --force --no-dereference --symbolic "$target" .lab/image
step "Machine image: $(du --human-readable --apparent-size "$target/disk.qcow2" | cut --fields=1)"
