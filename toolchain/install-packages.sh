#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing.
set -euo pipefail

cd "$(dirname "$0")"
missing=()
while read -r package; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep --quiet '^installed$' ||
        missing+=("$package")
done <packages.txt
if ((${#missing[@]} == 0)); then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "This is no Debian or Ubuntu; install what these packages hold, then go on: ${missing[*]}" >&2
    exit 1
fi
echo "Installing Debian packages: ${missing[*]}"
root=()
if [[ $EUID -ne 0 ]]; then
    root=(sudo)
fi
"${root[@]}" apt-get update --quiet --quiet
# apt's three lines for each package would hide the lab's output; errors are on the error output.
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends "${missing[@]}" >/dev/null
