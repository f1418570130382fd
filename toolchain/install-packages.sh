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
./apt-install.sh "${missing[@]}"
