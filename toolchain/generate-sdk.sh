#!/usr/bin/env bash
# Generates sdks/libvirt from the Terraform provider's schema, as `pulumi package add terraform-provider
# dmacvicar/libvirt` does.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# shellcheck source=toolchain/versions.env
source toolchain/versions.env

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pulumi package gen-sdk "terraform-provider@$BRIDGE_VERSION" --language nodejs --local --out "$work" -- \
    dmacvicar/libvirt "$LIBVIRT_PROVIDER_VERSION"
rm -rf sdks/libvirt
mv "$work/nodejs" sdks/libvirt
rm -rf sdks/libvirt/scripts
# The generated TypeScript dependency and build script would only add packages: the project's compiler builds it.
jq --indent 4 'del(.scripts) | .types = "bin/index.d.ts" | .dependencies = {"@pulumi/pulumi": $version}' \
    --arg version "$PULUMI_VERSION" sdks/libvirt/package.json >"$work/package.json"
mv "$work/package.json" sdks/libvirt/package.json
