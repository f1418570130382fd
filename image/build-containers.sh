#!/usr/bin/env bash
# Makes the container images, one archive an image: build-containers.sh DEBIAN_TAR OUTPUT_FOLDER
# Their names and tags are upstream's, so that kubeadm and the manifests find them.
set -euo pipefail

debian=$(realpath "$1") archives=$(realpath --canonicalize-missing "$2")
cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# shellcheck source=image/versions.env
source image/versions.env

programs=$LAB_CACHE/programs
work=$(mktemp --directory --tmpdir="${LAB_TMP:-/var/tmp}" certificate-lab-containers.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$archives"

# The layer below every image that needs more than one program.
base=$work/base.tar
mkdir "$work/base"
tar --extract --file "$debian" --directory "$work/base" --exclude='./dev/*'
# shellcheck disable=SC2016  # dpkg-query's own placeholder
nginx=$(chroot "$work/base" dpkg-query --show --showformat='${source:Upstream-Version}' nginx)
if [[ $nginx != "$NGINX_VERSION" ]]; then
    echo "Debian $DEBIAN_SUITE has nginx $nginx now; set NGINX_VERSION in image/versions.env and the tag in manifests/web.yaml." >&2
    exit 1
fi
rm -rf "$work"/base/var/{lib/apt,cache,log}/* "$work"/base/usr/share/{doc,man,locale}
rm -f "$work"/base/usr/share/nginx/modules-enabled/* "$work"/base/etc/nginx/modules-enabled/*
image/layer.sh "$work/base" "$base"

container() { # ARCHIVE REFERENCE ENTRYPOINT COMMAND USER LAYER...
    image/container-image.sh "$archives/$1.tar" "${@:2}"
}
program_layer() { # NAME DESTINATION=PROGRAM...: a layer with these programs
    local name=$1 pair
    shift
    for pair in "$@"; do
        install -D --mode=0755 "$programs/${pair#*=}" "$work/$name/${pair%%=*}"
    done
    image/layer.sh "$work/$name" "$work/$name.tar"
}

install -D --mode=0755 "$programs/kubernetes" "$work/kubernetes/usr/local/bin/kubernetes"
for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
    ln --symbolic kubernetes "$work/kubernetes/usr/local/bin/$program"
done
image/layer.sh "$work/kubernetes" "$work/kubernetes.tar"
for program in kube-apiserver kube-controller-manager kube-scheduler; do
    container "$program" "registry.k8s.io/$program:$KUBERNETES_VERSION" "[\"/usr/local/bin/$program\"]" null "" "$work/kubernetes.tar"
done
container kube-proxy "registry.k8s.io/kube-proxy:$KUBERNETES_VERSION" null '["/usr/local/bin/kube-proxy"]' "" \
    "$base" "$work/kubernetes.tar"
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
container nginx "docker.io/library/nginx:$NGINX_VERSION" null '["nginx","-g","daemon off;"]' "" "$base" "$work/nginx.tar"

# haproxy-ingress: the files of its upstream Dockerfile, with Debian's haproxy.
module=$(go -C image/software/haproxy-ingress list -m -f '{{.Dir}}' github.com/jcmoraisjr/haproxy-ingress)
mkdir -p "$work/ingress"/{var/lib/haproxy,etc/haproxy}
cp --recursive --no-preserve=mode "$module/rootfs/." "$work/ingress/"
rm "$work/ingress/Dockerfile"
chmod 0755 "$work"/ingress/*.sh
install --mode=0755 "$programs/haproxy-ingress-controller" "$work/ingress/haproxy-ingress-controller"
image/layer.sh "$work/ingress" "$work/ingress.tar"
container haproxy-ingress "quay.io/jcmoraisjr/haproxy-ingress:$HAPROXY_INGRESS_VERSION" \
    '["/usr/bin/dumb-init","--","/start.sh"]' null "" "$base" "$work/ingress.tar"
