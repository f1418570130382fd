#!/usr/bin/env bash
# The Pulumi CLI, its language host and the plugins, built from Go modules at pinned versions.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source ../toolchain/env.sh
# shellcheck source=toolchain/versions.env
source ../toolchain/versions.env

plugins=$PULUMI_HOME/plugins
pulumi_version="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_VERSION"
GO_LDFLAGS=$pulumi_version \
    ../toolchain/go-build.sh pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$PULUMI_HOME/bin/pulumi"
GO_LDFLAGS=$pulumi_version ../toolchain/go-build.sh language-host . "$PULUMI_HOME/bin/pulumi-language-nodejs"
GO_LDFLAGS="-X github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version=v$BRIDGE_VERSION" \
    ../toolchain/go-build.sh terraform-bridge github.com/pulumi/pulumi-terraform-bridge/v3/dynamic \
    "$plugins/resource-terraform-provider-v$BRIDGE_VERSION/pulumi-resource-terraform-provider"
../toolchain/go-build.sh terraform-provider-libvirt github.com/dmacvicar/terraform-provider-libvirt \
    "$PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR/registry.opentofu.org/dmacvicar/libvirt/$LIBVIRT_PROVIDER_VERSION/linux_amd64/terraform-provider-libvirt_v$LIBVIRT_PROVIDER_VERSION"

GO_LDFLAGS="-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=$KUBERNETES_PLUGIN_VERSION" \
    ../toolchain/go-build.sh kubernetes . \
    "$plugins/resource-kubernetes-v$KUBERNETES_PLUGIN_VERSION/pulumi-resource-kubernetes"
GO_LDFLAGS="-X main.version=$COMMAND_VERSION" \
    ../toolchain/go-build.sh plugins ./command "$plugins/resource-command-v$COMMAND_VERSION/pulumi-resource-command"
echo "NOTE: the official command plugin has no Go module; the lab's own implementation replaces it."
