#!/usr/bin/env bash
# Installs Pulumi and its plugins from Pulumi's downloads, and the Terraform provider of @pulumi/libvirt from OpenTofu's
# registry. LAB_PULUMI_DOWNLOADS names a mirror of Pulumi's downloads with the same layout.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

downloads=${LAB_PULUMI_DOWNLOADS:-https://get.pulumi.com}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ $("$PULUMI_HOME/bin/pulumi" version 2>/dev/null) != "v$PULUMI_VERSION" ]]; then
    ./logged.sh download-pulumi "Downloading Pulumi $PULUMI_VERSION" curl --fail --silent --show-error --location \
        --output "$work/pulumi.tar.gz" "$downloads/releases/sdk/pulumi-v$PULUMI_VERSION-linux-x64.tar.gz"
    tar --extract --gzip --file "$work/pulumi.tar.gz" --directory "$work"
    mkdir -p "$PULUMI_HOME/bin"
    # The CLI is last: its version tells that all programs are installed.
    find "$work/pulumi" -mindepth 1 -maxdepth 1 ! -name pulumi -exec mv --target-directory "$PULUMI_HOME/bin" {} +
    mv "$work/pulumi/pulumi" "$PULUMI_HOME/bin"
fi
plugin() { # NAME VERSION
    local folder=$PULUMI_HOME/plugins/resource-$1-v$2
    # Pulumi keeps the second file while it unpacks a plugin.
    [[ -e $folder && ! -e $folder.partial ]] ||
        ./logged.sh "download-plugin-$1" "Downloading the $1 plugin $2" "$PULUMI_HOME/bin/pulumi" plugin install \
            resource "$1" "$2" ${LAB_PULUMI_DOWNLOADS:+--server "$downloads/releases/plugins"}
}
plugin command "$COMMAND_VERSION"
plugin kubernetes "$KUBERNETES_PLUGIN_VERSION"
plugin terraform-provider "$BRIDGE_VERSION"

# The bridge would download the Terraform provider during the first update, but a cell has no access to the internet.
provider=registry.opentofu.org/dmacvicar/libvirt/$LIBVIRT_PROVIDER_VERSION
cached=$PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR/$provider
if [[ -z $(find "$cached" -name 'terraform-provider-libvirt*' -type f -executable 2>/dev/null) ]]; then
    PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR=$work/providers ./logged.sh download-libvirt-provider \
        "Downloading the libvirt provider $LIBVIRT_PROVIDER_VERSION" "$PULUMI_HOME/bin/pulumi" package get-schema \
        "terraform-provider@$BRIDGE_VERSION" -- dmacvicar/libvirt "$LIBVIRT_PROVIDER_VERSION" || {
        echo "Where OpenTofu's registry and GitHub are not reachable, build Pulumi and its plugins from Go modules:" \
            "LAB_TOOLCHAIN=modules make setup" >&2
        exit 1
    }
    # Renamed at the end, so that an interrupted copy is not used.
    rm -rf "$cached" "$cached.new"
    mkdir -p "$(dirname "$cached")"
    cp --recursive "$work/providers/$provider" "$cached.new"
    mv "$cached.new" "$cached"
fi
