#!/usr/bin/env bash
# Installs Debian packages as root or with sudo: apt-install.sh PACKAGE...
# Undo: apt-get purge PACKAGE...
set -euo pipefail

cd "$(dirname "$0")"
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt. Install the contents of these packages, and repeat the command: $*" >&2
    exit 1
fi
install=(apt-get install --yes --no-install-recommends "$@")
root=()
if [[ $(id --user) -ne 0 ]]; then
    as_root="As root: su --command '${install[*]}'"
    if ! command -v sudo >/dev/null; then
        echo "Debian packages are missing, and sudo is not installed. $as_root" >&2
        exit 1
    fi
    root=(sudo)
fi
# An outdated source of another program does not prevent the installation, which fails if a package is not found.
./logged.sh apt-update "Updating the lists of Debian packages" "${root[@]}" apt-get update ||
    echo "The installation continues with the present lists."
# Automatic updates hold the lock for minutes after a computer's start.
./logged.sh apt-install "Installing Debian packages: $*" \
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" --option DPkg::Lock::Timeout=300 || {
    status=$?
    [[ -z ${as_root:-} ]] || echo "$as_root" >&2
    exit "$status"
}
