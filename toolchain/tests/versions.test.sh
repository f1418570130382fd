#!/usr/bin/env bash
# versions.env names the versions that package.json, the generated SDK and the modules name.
set -euo pipefail

root=$LAB_REPOSITORY
# shellcheck source=tests/shell/assert.sh
source "$root/tests/shell/assert.sh"
# shellcheck source=toolchain/versions.env
source "$root/toolchain/versions.env"

dependency() { jq --raw-output --arg name "$1" '.dependencies[$name]' "$root/package.json"; }
assert_equal "$PULUMI_VERSION" "$(dependency @pulumi/pulumi)" "package.json's @pulumi/pulumi"
assert_equal "$COMMAND_VERSION" "$(dependency @pulumi/command)" "package.json's @pulumi/command"
assert_equal "$KUBERNETES_PLUGIN_VERSION" "$(dependency @pulumi/kubernetes)" "package.json's @pulumi/kubernetes"

sdk() { jq --raw-output "$1" "$root/sdks/libvirt/package.json"; }
assert_equal "$LIBVIRT_PROVIDER_VERSION" "$(sdk .pulumi.parameterization.version)" "the SDK's provider"
assert_equal "$BRIDGE_VERSION" "$(sdk .pulumi.version)" "the SDK's bridge"

module() { # FOLDER MODULE
    sed -n "s#^\(require \)\?[[:space:]]*$2 v\([^ ]*\).*#\2#p" "$root/offline/$1/go.mod"
}
assert_equal "$PULUMI_VERSION" "$(module pulumi github.com/pulumi/pulumi/pkg/v3)" "the CLI's module"
assert_equal "$LIBVIRT_PROVIDER_VERSION" \
    "$(module terraform-provider-libvirt github.com/dmacvicar/terraform-provider-libvirt)" "the provider's module"
