#!/usr/bin/env bash
# Prints a new server certificate and its key, both PEM. The authority that signed it is deleted, so no client trusts it.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

# certify NAME OPTION...: writes NAME.crt and NAME.key
certify() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -sha256 -days 3650 \
        -keyout "$1.key" -out "$1.crt" "${@:2}" 2>"$1.log" || {
        cat "$1.log" >&2
        exit 1
    }
}

certify authority -subj "/CN=Fallback CA"
certify fallback -CA authority.crt -CAkey authority.key -subj "/CN=Fallback Certificate" \
    -addext "basicConstraints=critical,CA:FALSE" -addext "subjectAltName=DNS:fallback.invalid"
cat fallback.crt fallback.key
