#!/usr/bin/env bash
# Clears what an interrupted update left, so that the next one can go on: recover.sh PULUMI_ARGUMENTS...
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=toolchain/env.sh
source "$root/toolchain/env.sh"
cd "$root"

# The stack that the arguments name, else the selected one; [organization/project/]stack.
stack=
for ((i = 1; i <= $#; i++)); do
    case ${!i} in
    --stack | -s) next=$((i + 1)) && stack=${!next:-} ;;
    --stack=* | -s=*) stack=${!i#*=} ;;
    -s?*) stack=${!i#-s} ;;
    esac
done
stack=${stack:-$(pulumi stack --show-name 2>/dev/null || true)}
stack=${stack##*/}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
# Where Pulumi can't read the stack, it says why better than this could.
if [[ -z $stack ]] || ! pulumi stack export --stack "$stack" >"$work/stack.json" 2>/dev/null; then
    exit 0
fi

# lives PID HOST: whether a lock's holder may be at work. Another program may have got a dead one's number.
lives() {
    [[ $2 != "$(uname --nodename)" || $(cat "/proc/$1/comm" 2>/dev/null) == pulumi ]]
}
# The file backend's locks name the process that holds them.
dead=()
shopt -s nullglob
for lock in "${PULUMI_BACKEND_URL#file://}"/.pulumi/locks/*/*/"$stack"/*.json; do
    pid=$(jq --raw-output .pid "$lock")
    if lives "$pid" "$(jq --raw-output .hostname "$lock")"; then
        # What that update is creating, the stack does not know yet. Pulumi itself tells the user of the lock.
        exit 0
    fi
    echo "Releasing the lock of an interrupted update (process $pid)." >&2
    dead+=("$lock")
done
pending=$(jq '.deployment.pending_operations | length' "$work/stack.json")
force=()
if ((${#dead[@]} + pending > 0)); then
    force=(--force)
fi
# The signs of the interruption go last: whoever interrupts this as well runs it again.
uri=$(pulumi config get libvirtUri --stack "$stack" 2>/dev/null || echo qemu:///system)
"$root/lab/recover/remove-orphans.sh" "$stack" "$uri" "${force[@]}" <"$work/stack.json"
rm -f "${dead[@]}"
# What was being created is either unknown to the stack and removed above, or taken over by the next update. An export
# holds secrets as they are in the state, encrypted. `pulumi refresh --clear-pending-creates` would ask every dead machine.
if ((pending > 0)); then
    echo "Forgetting the operations that an interrupted update had begun." >&2
    jq 'del(.deployment.pending_operations)' "$work/stack.json" | pulumi stack import --stack "$stack" >/dev/null
fi
