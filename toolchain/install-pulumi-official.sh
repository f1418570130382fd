#!/usr/bin/env bash
# Installs Pulumi and its plugins from Pulumi's downloads. LAB_PULUMI_DOWNLOADS names a mirror with the same layout.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

downloads=${LAB_PULUMI_DOWNLOADS:-https://get.pulumi.com}
if [[ $("$PULUMI_HOME/bin/pulumi" version 2>/dev/null) != "v$PULUMI_VERSION" ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    ./logged.sh download-pulumi "Downloading Pulumi $PULUMI_VERSION" curl --fail --silent --show-error --location \
        --output "$work/pulumi.tar.gz" "$downloads/releases/sdk/pulumi-v$PULUMI_VERSION-linux-x64.tar.gz"
    mkdir -p "$PULUMI_HOME/bin"
    tar --extract --gzip --file "$work/pulumi.tar.gz" --directory "$PULUMI_HOME/bin" --strip-components=1
fi
plugin() { # NAME VERSION
    [[ -e $PULUMI_HOME/plugins/resource-$1-v$2 ]] ||
        ./logged.sh "download-plugin-$1" "Downloading the $1 plugin $2" "$PULUMI_HOME/bin/pulumi" plugin install \
            resource "$1" "$2" ${LAB_PULUMI_DOWNLOADS:+--server "$downloads/releases/plugins"}
}
plugin command "$COMMAND_VERSION"
plugin kubernetes "$KUBERNETES_PLUGIN_VERSION"
plugin terraform-provider "$BRIDGE_VERSION"
