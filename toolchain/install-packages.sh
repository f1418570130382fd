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
    echo "This system has no apt. Install the contents of these packages, and repeat the command: ${missing[*]}" >&2
    exit 1
fi
root=()
if [[ $EUID -ne 0 ]]; then
    root=(sudo)
fi
./logged.sh apt-update "Updating the lists of Debian packages" "${root[@]}" apt-get update
./logged.sh apt-install "Installing Debian packages: ${missing[*]}" \
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
