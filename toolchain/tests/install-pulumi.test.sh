#!/usr/bin/env bash
# install-pulumi.sh installs the official releases from a mirror on the loopback address, and replaces those of offline/.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"
# shellcheck source=toolchain/versions.env
source "$here/../versions.env"

# A mirror. Its `pulumi` installs a plugin as the real one does: only if its folder is missing.
mkdir -p mirror/releases/{sdk,plugins} release/pulumi
cat >release/pulumi/pulumi <<EOF
#!/usr/bin/env bash
set -euo pipefail
[[ \$1 == version ]] && { echo v$PULUMI_VERSION; exit; }
[[ \$1 == plugin && \$2 == install && \$3 == resource && \$6 == --server ]]
folder=\$PULUMI_HOME/plugins/resource-\$4-v\$5
[[ -e \$folder ]] && exit
mkdir -p "\$folder"
curl --fail --silent --show-error "\$7/pulumi-resource-\$4-v\$5-linux-amd64.tar.gz" | tar --extract --gzip --directory "\$folder"
EOF
chmod +x release/pulumi/pulumi
tar --create --gzip --file "mirror/releases/sdk/pulumi-v$PULUMI_VERSION-linux-x64.tar.gz" --directory release pulumi
for plugin in "command $COMMAND_VERSION" "kubernetes $KUBERNETES_PLUGIN_VERSION" "terraform-provider $BRIDGE_VERSION"; do
    read -r name version <<<"$plugin"
    echo official >"pulumi-resource-$name"
    tar --create --gzip --file "mirror/releases/plugins/pulumi-resource-$name-v$version-linux-amd64.tar.gz" "pulumi-resource-$name"
done

python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >server.log 2>&1 &
trap 'kill %1' EXIT
until port=$(sed -n 's/.*port \([0-9]*\) .*/\1/p' server.log) && [[ -n $port ]]; do sleep 0.1; done

export LAB_CACHE=$PWD/cache PULUMI_HOME=$PWD/cache/pulumi-home LAB_PULUMI_DOWNLOADS=http://127.0.0.1:$port
plugin=$PULUMI_HOME/plugins/resource-command-v$COMMAND_VERSION/pulumi-resource-command

# A plugin of offline/ in the official plugin's folder is replaced.
mkdir -p "$(dirname "$plugin")" "$PULUMI_HOME/bin"
echo offline >"$plugin"
echo modules >"$PULUMI_HOME/lab-source"
LAB_TOOLCHAIN=official "$here/../install-pulumi.sh"
assert_equal official "$(<"$plugin")" "the command plugin"
assert_equal official "$(<"$PULUMI_HOME/plugins/resource-terraform-provider-v$BRIDGE_VERSION/pulumi-resource-terraform-provider")" "the bridge"
assert_equal official "$(<"$PULUMI_HOME/lab-source")" "the source"

# auto finds the mirror.
rm -rf "$LAB_CACHE"
"$here/../install-pulumi.sh"
assert_equal official "$(<"$PULUMI_HOME/lab-source")" "the source that auto takes"

requests=$(wc -l <server.log)
"$here/../install-pulumi.sh"
assert_equal "$requests" "$(wc -l <server.log)" "the requests after a second run"

if message=$(LAB_TOOLCHAIN=offical "$here/../install-pulumi.sh" 2>&1); then
    fail "a misspelled source was accepted"
fi
assert_contains "$message" "auto, official or modules"
