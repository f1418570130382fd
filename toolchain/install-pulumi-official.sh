#!/usr/bin/env bash
# Pulumi's own downloads. LAB_PULUMI_DOWNLOADS names a mirror with the same layout.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

downloads=${LAB_PULUMI_DOWNLOADS:-https://get.pulumi.com}
if [[ $("$PULUMI_HOME/bin/pulumi" version 2>/dev/null) != "v$PULUMI_VERSION" ]]; then
    echo "Downloading Pulumi $PULUMI_VERSION"
    mkdir -p "$PULUMI_HOME/bin"
    curl --fail --silent --show-error --location "$downloads/releases/sdk/pulumi-v$PULUMI_VERSION-linux-x64.tar.gz" |
        tar --extract --gzip --directory "$PULUMI_HOME/bin" --strip-components=1
fi
plugin() { "$PULUMI_HOME/bin/pulumi" plugin install resource "$1" "$2" ${LAB_PULUMI_DOWNLOADS:+--server "$downloads/releases/plugins"}; }
plugin command "$COMMAND_VERSION"
plugin kubernetes "$KUBERNETES_PLUGIN_VERSION"
plugin terraform-provider "$BRIDGE_VERSION"
