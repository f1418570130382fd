#!/usr/bin/env bash
# install-pulumi.sh installs the official releases from a mirror on the loopback address, and replaces those of offline/.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"
# shellcheck source=toolchain/versions.env
source "$here/../versions.env"

# A mirror. Its `pulumi` installs a plugin as the real one does: only if its folder is missing or not complete. For the schema
# of @pulumi/libvirt, the real one has the bridge download the Terraform provider.
provider=registry.opentofu.org/dmacvicar/libvirt/$LIBVIRT_PROVIDER_VERSION/linux_amd64/terraform-provider-libvirt_v$LIBVIRT_PROVIDER_VERSION
mkdir -p mirror/releases/{sdk,plugins} release/pulumi
cat >release/pulumi/pulumi <<EOF
#!/usr/bin/env bash
set -euo pipefail
[[ \$1 == version ]] && { echo v$PULUMI_VERSION; exit; }
if [[ \$* == "package get-schema terraform-provider@$BRIDGE_VERSION -- dmacvicar/libvirt $LIBVIRT_PROVIDER_VERSION" ]]; then
    exec install -D --mode=0755 "$PWD/registry" "\$PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR/$provider"
fi
[[ \$1 == plugin && \$2 == install && \$3 == resource && \$6 == --server ]]
folder=\$PULUMI_HOME/plugins/resource-\$4-v\$5
[[ -e \$folder && ! -e \$folder.partial ]] && exit
rm -f "\$folder.partial"
mkdir -p "\$folder"
curl --fail --silent --show-error "\$7/pulumi-resource-\$4-v\$5-linux-amd64.tar.gz" | tar --extract --gzip --directory "\$folder"
EOF
chmod +x release/pulumi/pulumi
touch release/pulumi/pulumi-language-nodejs
echo registry >registry
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

# A cell has no access to the registry, so the provider is installed before.
assert_equal registry "$(<"$LAB_CACHE/terraform-providers/$provider")" "the Terraform provider"
[[ -e $PULUMI_HOME/bin/pulumi-language-nodejs ]] || fail "the archive's other programs are missing"

# The remains of an interrupted installation are replaced.
echo half >"$plugin"
touch "$(dirname "$plugin").partial"
rm "$LAB_CACHE/terraform-providers/$provider"
"$here/../install-pulumi.sh"
assert_equal official "$(<"$plugin")" "the interrupted plugin"
assert_equal registry "$(<"$LAB_CACHE/terraform-providers/$provider")" "the interrupted Terraform provider"

# auto finds the mirror.
rm -rf "$LAB_CACHE"
"$here/../install-pulumi.sh"
assert_equal official "$(<"$PULUMI_HOME/lab-source")" "the source that auto takes"

requests=$(wc -l <server.log)
"$here/../install-pulumi.sh"
assert_equal "$requests" "$(wc -l <server.log)" "the requests after a second run"

rm -rf "$LAB_CACHE" registry
if message=$("$here/../install-pulumi.sh" 2>&1); then
    fail "Pulumi was installed without the Terraform provider"
fi
assert_contains "$message" "LAB_TOOLCHAIN=modules make setup"
[[ ! -e $PULUMI_HOME/lab-source ]] || fail "the failed installation was recorded"

if message=$(LAB_TOOLCHAIN=offical "$here/../install-pulumi.sh" 2>&1); then
    fail "a misspelled source was accepted"
fi
assert_contains "$message" "auto, official or modules"
