#!/usr/bin/env bash
# Packs a folder as a container image's layer: layer.sh DIRECTORY OUTPUT. The same files give the same bytes.
set -euo pipefail

tar --directory "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu --create --file "$2" .
