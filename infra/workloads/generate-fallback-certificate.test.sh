#!/usr/bin/env bash
# Clients reject the fallback certificate with the message of the problem statement.
set -euo pipefail

cd "$(dirname "$0")"
output=$(./generate-fallback-certificate.sh)

openssl x509 <<<"$output" -noout -ext subjectAltName | grep --quiet "DNS:fallback.invalid"
if verdict=$(openssl verify <(openssl x509 <<<"$output") 2>&1); then
    echo "The fallback certificate is trusted: $verdict" >&2
    exit 1
fi
grep --quiet "unable to get local issuer certificate" <<<"$verdict"
# The key belongs to the certificate.
diff <(openssl x509 <<<"$output" -noout -pubkey) <(openssl pkey <<<"$output" -pubout)
