#!/usr/bin/env bash
# Writes a container image as a docker-archive: container-image.sh OUTPUT REFERENCE ENTRYPOINT_JSON CMD_JSON USER LAYER...
# LAYER is an uncompressed tar, the lowest first. The same input gives the same bytes.
# https://github.com/moby/docker-image-spec/blob/main/spec.md
set -euo pipefail

output=$1 reference=$2 entrypoint=$3 command=$4 user=$5
shift 5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

layers=() diffs=()
for layer in "$@"; do
    digest=$(sha256sum <"$layer" | cut --delimiter=' ' --fields=1)
    ln --force --symbolic "$(realpath "$layer")" "$work/$digest.tar"
    layers+=("\"$digest.tar\"")
    diffs+=("\"sha256:$digest\"")
done
join() { local IFS=,; echo "$*"; }

cat >"$work/config.json" <<JSON
{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z","config":{"User":"$user","Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":$entrypoint,"Cmd":$command,"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":[$(join "${diffs[@]}")]}}
JSON
config=$(sha256sum <"$work/config.json" | cut --delimiter=' ' --fields=1)
mv "$work/config.json" "$work/$config.json"
printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":[%s]}]' "$config" "$reference" "$(join "${layers[@]}")" \
    >"$work/manifest.json"
tar --directory "$work" --dereference --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu \
    --create --file "$output" manifest.json "$config.json" "${layers[@]//\"/}"
