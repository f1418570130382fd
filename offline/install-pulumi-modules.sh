#!/usr/bin/env bash
# Installs the Pulumi CLI, its language host and the plugins into PULUMI_HOME without Pulumi's downloads.
# docs/architecture.md names the source of each.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source ../toolchain/env.sh
# shellcheck source=toolchain/versions.env
source ../toolchain/versions.env
# shellcheck source=toolchain/go-download.sh
source ../toolchain/go-download.sh

plugin() { # NAME VERSION: the program of a resource plugin
    echo "$PULUMI_HOME/plugins/resource-$1-v$2/pulumi-resource-$1"
}
download_in_background terraform-bridge=github.com/pulumi/pulumi-terraform-bridge/v3/dynamic kubernetes=. \
    terraform-provider-libvirt=github.com/dmacvicar/terraform-provider-libvirt
GO_LDFLAGS="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI_VERSION" \
    ../toolchain/go-build.sh pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$PULUMI_HOME/bin/pulumi"
GO_LDFLAGS="-X github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version=v$BRIDGE_VERSION" \
    ../toolchain/go-build.sh terraform-bridge github.com/pulumi/pulumi-terraform-bridge/v3/dynamic \
    "$(plugin terraform-provider "$BRIDGE_VERSION")"
GO_LDFLAGS="-X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=$KUBERNETES_PLUGIN_VERSION" \
    ../toolchain/go-build.sh kubernetes . "$(plugin kubernetes "$KUBERNETES_PLUGIN_VERSION")"
libvirt=registry.opentofu.org/dmacvicar/libvirt/$LIBVIRT_PROVIDER_VERSION/linux_amd64
../toolchain/go-build.sh terraform-provider-libvirt github.com/dmacvicar/terraform-provider-libvirt \
    "$PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR/$libvirt/terraform-provider-libvirt_v$LIBVIRT_PROVIDER_VERSION"
./bundle.sh language-host "$PULUMI_HOME/bin/pulumi-language-nodejs"
./bundle.sh command "$(plugin command "$COMMAND_VERSION")"
