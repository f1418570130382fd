#!/usr/bin/env bash
# Runs go the one way that all of the lab is compiled, so that a command finds in the compiler's cache what another left:
#   go.sh build|vet|test MODULE_DIR [ARGUMENT...]
# Debugging information would be stripped from the programs anyway; without it the compiler has a tenth less to do.
set -euo pipefail

command=$1 module=$2
shift 2
CGO_ENABLED=0 exec go -C "$module" "$command" -trimpath -gcflags=all=-dwarf=false "$@"
