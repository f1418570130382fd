#!/usr/bin/env bash
# Runs go with the same flags for all builds, so that they share the compiler's cache:
#   go.sh build|run|vet MODULE_DIR [ARGUMENT...]
# The linker removes debugging information from the programs; without it the compiler works a tenth less.
set -euo pipefail

command=$1 module=$2
shift 2
CGO_ENABLED=0 exec go -C "$module" "$command" -trimpath -gcflags=all=-dwarf=false "$@"
