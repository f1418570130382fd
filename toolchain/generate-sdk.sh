#!/usr/bin/env bash
# Generates sdks/libvirt from the Terraform provider's schema, as `pulumi package add terraform-provider
# dmacvicar/libvirt` does with the official language host.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh
# shellcheck source=toolchain/versions.env
source toolchain/versions.env

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pulumi package get-schema "terraform-provider@$BRIDGE_VERSION" -- \
    dmacvicar/libvirt "$LIBVIRT_PROVIDER_VERSION" >"$work/schema.json"
toolchain/go.sh run offline/pulumi ./generate-sdk "$work/sdk" <"$work/schema.json"
rm -rf sdks/libvirt "$work/sdk/scripts"
mv "$work/sdk" sdks/libvirt
# The project's compiler builds the SDK, so its TypeScript and its build script are not needed.
jq --indent 4 'del(.scripts) | .types = "bin/index.d.ts" | .dependencies = {"@pulumi/pulumi": $version}' \
    --arg version "$PULUMI_VERSION" sdks/libvirt/package.json >"$work/package.json"
mv "$work/package.json" sdks/libvirt/package.json
npm run --silent build:sdk
