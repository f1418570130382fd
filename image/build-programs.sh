#!/usr/bin/env bash
# Builds the Go programs that run in the guests and their containers into the cache's programs/.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# shellcheck source=image/versions.env
source image/versions.env

# shellcheck source=toolchain/go-download.sh
source toolchain/go-download.sh

download_in_background image/software/cert-manager=./... \
    image/software/haproxy-ingress=github.com/jcmoraisjr/haproxy-ingress/pkg \
    image/software/step-ca=github.com/smallstep/certificates/cmd/step-ca \
    image/software/etcd=go.etcd.io/etcd/server/v3 image/software/coredns=.
programs=$LAB_CACHE/programs
kube=k8s.io/component-base/version
kubernetes() { # PACKAGE OUTPUT
    GO_LDFLAGS="-X $kube.gitVersion=$KUBERNETES_VERSION -X $kube.gitMajor=1 -X $kube.gitMinor=36 -X k8s.io/client-go/pkg/version.gitVersion=$KUBERNETES_VERSION" \
        toolchain/go-build.sh image/software/kubernetes "$@"
}
kubernetes . "$programs/kubernetes"
kubernetes k8s.io/kubernetes/cmd/kubeadm "$programs/kubeadm"
kubernetes k8s.io/kubernetes/cmd/kubectl "$programs/kubectl"
for program in controller webhook cainjector acmesolver; do
    GO_LDFLAGS="-X github.com/cert-manager/cert-manager/pkg/util.AppVersion=$CERT_MANAGER_VERSION" \
        toolchain/go-build.sh image/software/cert-manager "./$program" "$programs/cert-manager-$program"
done
GO_LDFLAGS="-X github.com/jcmoraisjr/haproxy-ingress/pkg/version.RELEASE=$HAPROXY_INGRESS_VERSION" \
    toolchain/go-build.sh image/software/haproxy-ingress github.com/jcmoraisjr/haproxy-ingress/pkg "$programs/haproxy-ingress-controller"
toolchain/go-build.sh image/software/step-ca github.com/smallstep/certificates/cmd/step-ca "$programs/step-ca"
toolchain/go-build.sh image/software/etcd go.etcd.io/etcd/server/v3 "$programs/etcd"
toolchain/go-build.sh image/software/coredns . "$programs/coredns"
gcc -static -O2 -o "$programs/pause" image/software/pause/pause.c
