#!/usr/bin/env bash
# Installs a Go compiler into the cache when the system's is missing or too old. It is the module golang.org/toolchain,
# whose checksum the Go checksum database publishes: https://go.dev/doc/toolchain
set -euo pipefail

cd "$(dirname "$0")"
# shellcheck source=toolchain/env.sh
source env.sh
# shellcheck source=toolchain/versions.env
source versions.env

current=$(go env GOVERSION 2>/dev/null | sed 's/^go//' || true)
if [[ -n $current && $(printf '%s\n' "$GO_OLDEST" "$current" | sort --version-sort | head -n 1) == "$GO_OLDEST" ]]; then
    exit 0
fi
proxy=${GOPROXY:-https://proxy.golang.org}
name=v0.0.1-go$GO_VERSION.linux-amd64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./logged.sh download-go "Downloading Go $GO_VERSION" \
    curl --fail --silent --show-error --location --output "$work/go.zip" "${proxy%%,*}/golang.org/toolchain/@v/$name.zip"
echo "$(<go.zip.sha256)  $work/go.zip" | sha256sum --check --quiet
unzip -q "$work/go.zip" -d "$work"
rm -rf "$LAB_CACHE/go"
mkdir -p "$LAB_CACHE"
mv "$work/golang.org/toolchain@$name" "$LAB_CACHE/go"
chmod -R u+w "$LAB_CACHE/go"
find "$LAB_CACHE/go/bin" "$LAB_CACHE/go/pkg/tool" -type f -exec chmod +x {} +
