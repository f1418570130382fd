#!/usr/bin/env bash
# Installs all that building and running the lab needs, on Debian or Ubuntu. Each part is silent when it is up to date.
# Undo: make uninstall, and apt-get purge of the packages in packages.txt.
set -euo pipefail

cd "$(dirname "$0")"
for part in packages go node npm pulumi; do
    "./install-$part.sh"
done
