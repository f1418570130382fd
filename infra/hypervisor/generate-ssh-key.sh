#!/usr/bin/env bash
# Prints a new Ed25519 key pair in OpenSSH's formats: the private key, then the public key on the last line.
# Environment: COMMENT, the public key's comment.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
ssh-keygen -q -t ed25519 -N '' -C "$COMMENT" -f "$directory/key"
cat "$directory/key" "$directory/key.pub"
