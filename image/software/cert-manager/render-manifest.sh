#!/usr/bin/env bash
# Renders manifests/cert-manager.yaml from the chart inside cert-manager's Go module, as its release does, less descriptions:
# https://github.com/cert-manager/cert-manager/blob/v1.21.2/make/manifests.mk
set -euo pipefail

cd "$(dirname "$0")/../../.."
# shellcheck source=image/versions.env
source image/versions.env
cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/certificate-lab}
toolchain/go-build.sh image/software/helm helm.sh/helm/v3/cmd/helm "$cache/programs/helm"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
module=$(go -C image/software/cert-manager list -m -f '{{.Dir}}' github.com/cert-manager/cert-manager)
cp --recursive --no-preserve=mode "$module/deploy/charts/cert-manager" "$work/chart"
sed --in-place "s/^version:.*/version: $CERT_MANAGER_VERSION/; s/^appVersion:.*/appVersion: $CERT_MANAGER_VERSION/" "$work/chart/Chart.yaml"
grep --quiet '^version:' "$work/chart/Chart.yaml" ||
    printf 'version: %s\nappVersion: %s\n' "$CERT_MANAGER_VERSION" "$CERT_MANAGER_VERSION" >>"$work/chart/Chart.yaml"

{
    cat <<YAML
# cert-manager $CERT_MANAGER_VERSION, rendered by image/software/cert-manager/render-manifest.sh
apiVersion: v1
kind: Namespace
metadata:
  name: cert-manager
YAML
    "$cache/programs/helm" template cert-manager "$work/chart" --namespace cert-manager --kube-version 1.36.0 \
        --values image/software/cert-manager/values.yaml
} | node_modules/.bin/tsx image/software/cert-manager/without-descriptions.ts >manifests/cert-manager.yaml
