#!/usr/bin/env bash
# Installs the Pulumi CLI and the plugins of the program's packages into PULUMI_HOME. LAB_TOOLCHAIN chooses the source:
#   official  Pulumi's downloads
#   modules   offline/, for networks that cannot reach them
#   auto      the source of the last installation; at first, official if reachable within 10 s. The default.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

stamp=$PULUMI_HOME/lab-source
source=${LAB_TOOLCHAIN:-auto}
if [[ $source == auto && -e $stamp ]]; then
    source=$(<"$stamp")
fi
if [[ $source == auto ]]; then
    source=modules
    if curl --head --fail --silent --max-time 10 --output /dev/null "${LAB_PULUMI_DOWNLOADS:-https://get.pulumi.com}/"; then
        source=official
    fi
fi
# Pulumi regards a plugin as installed if its folder exists, so the other source's folders are removed.
if [[ $source == official && -e $stamp && $(<"$stamp") == modules ]]; then
    rm -rf "$PULUMI_HOME/bin/pulumi" "$PULUMI_HOME/bin/pulumi-language-nodejs" \
        "$PULUMI_HOME/plugins/resource-command-v$COMMAND_VERSION" \
        "$PULUMI_HOME/plugins/resource-kubernetes-v$KUBERNETES_PLUGIN_VERSION" \
        "$PULUMI_HOME/plugins/resource-terraform-provider-v$BRIDGE_VERSION"
fi
case $source in
official) ./install-pulumi-official.sh ;;
modules) ../offline/install-pulumi-modules.sh ;;
*)
    echo "LAB_TOOLCHAIN is $source. It must be auto, official or modules." >&2
    exit 1
    ;;
esac
echo "$source" >"$stamp"
