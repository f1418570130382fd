#!/usr/bin/env bash
# Writes the image of a NoCloud disk to the path in the environment variable FILE. Standard input is a JSON object with
# user-data, meta-data and network-config. cloud-init finds the disk by its label.
# https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html
set -euo pipefail

umask 077 # it holds the machine's SSH host key
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT
contents=$(cat)
for name in user-data meta-data network-config; do
    jq --exit-status --join-output ".\"$name\"" <<<"$contents" >"$folder/$name"
done
mkdir -p "$(dirname "$FILE")"
genisoimage -quiet -volid cidata -joliet -rock -output "$FILE" "$folder"
