#!/usr/bin/env bash
# Times the stages of a lab's life, in a stack of its own, and prints a table. It judges nothing.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

stack=bench
log=.lab/bench.log
scripts/create-stack.sh "$stack"
trap 'bin/pulumi destroy --yes --skip-preview --stack "$stack" >>"$log" 2>&1' EXIT
: >"$log"

stage() { # NAME COMMAND...
    local start=$SECONDS
    "${@:2}" >>"$log" 2>&1
    printf '| %-34s | %5d s |\n' "$1" "$((SECONDS - start))"
}

accelerator="tcg (software emulation)"
if scripts/probe-kvm.sh .lab/image/vmlinuz; then
    accelerator=kvm
fi
printf '%s, %s processors\n\n| %-34s | %7s |\n| --- | --- |\n' "$accelerator" "$(nproc)" stage time
stage "image, found in the cache" image/build.sh
stage "broken lab" bin/pulumi up --yes --skip-preview --stack "$stack"
stage "solve" bin/pulumi up --yes --skip-preview --stack "$stack" -c fixed=true
stage "preview without a change" bin/pulumi preview --stack "$stack" --expect-no-changes
stage "break again" bin/pulumi up --yes --skip-preview --stack "$stack" -c fixed=false
stage "destroy" bin/pulumi destroy --yes --skip-preview --stack "$stack"
trap - EXIT
