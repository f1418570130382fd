#!/usr/bin/env bash
# Clears what an interrupted update left, so that the next one can go on: recover.sh PULUMI_ARGUMENTS...
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=toolchain/env.sh
source "$root/toolchain/env.sh"
cd "$root"

stack=
for ((i = 1; i <= $#; i++)); do
    case ${!i} in
    --stack=*) stack=${!i#*=} ;;
    --stack | -s) next=$((i + 1)) && stack=${!next:-} ;;
    esac
done
stack=${stack:-$(pulumi stack --show-name 2>/dev/null)} || exit 0

# The file backend's locks name the process that holds them.
shopt -s nullglob
for lock in "${PULUMI_BACKEND_URL#file://}"/.pulumi/locks/*/*/"$stack"/*.json; do
    pid=$(jq --raw-output .pid "$lock")
    host=$(jq --raw-output .hostname "$lock")
    if [[ $host == "$(hostname)" ]] && ! kill -0 "$pid" 2>/dev/null; then
        echo "Releasing the lock of an interrupted update (process $pid)." >&2
        rm -f "$lock"
    fi
done
# What was being created is either unknown to the stack and removed here, or created again.
if [[ $(pulumi stack export --stack "$stack" 2>/dev/null | jq '.deployment.pending_operations | length') -gt 0 ]]; then
    pulumi stack export --stack "$stack" | jq 'del(.deployment.pending_operations)' |
        pulumi stack import --stack "$stack" >/dev/null
fi
uri=$(pulumi config get libvirtUri --stack "$stack" 2>/dev/null || echo qemu:///system)
"$root/scripts/remove-orphans.sh" "$stack" "$uri"
