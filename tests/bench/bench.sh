#!/usr/bin/env bash
# Measures the stages of a lab's life in a separate stack, and prints a table. It does not grade the lab.
# A lab of another stack on the same network must be destroyed first.
set -euo pipefail

cd "$(dirname "$0")/../.."
# shellcheck source=toolchain/env.sh
source toolchain/env.sh

stack=bench
log=.lab/bench.log
node --import tsx --eval 'require("./lab/up/create-stack").ensureStack(process.argv[1])' "$stack"
# A separate name: with the default one, the next command would remove the user's lab.
pulumi config set name "certificate-lab-$stack" --stack "$stack"
# Removes the lab of an interrupted run in another clone: only the benchmark uses this stack.
bin/lab --stack "$stack" recover --force
trap 'bin/pulumi destroy --yes --skip-preview --stack "$stack" >>"$log" 2>&1' EXIT
: >"$log"

row() { printf '| %-38s | %5d s |\n' "$1" "$2"; } # NAME SECONDS

stage() { # NAME COMMAND...
    local start=$SECONDS
    "${@:2}" >>"$log" 2>&1
    row "$1" "$((SECONDS - start))"
}

# The stages of an update are read from its output: a line for each completed resource.
build() {
    local start=$SECONDS machines=0 line
    bin/pulumi up --yes --skip-preview --stack "$stack" --non-interactive 2>&1 | while IFS= read -r line; do
        echo "$line" >>"$log"
        case $line in
        *" workers-ready created"*) row "  after start: three nodes Ready" "$((SECONDS - start))" ;;
        *"command:remote:Command "*-ready" created"*)
            machines=$((machines + 1))
            ((machines < 6)) || row "  after start: six machines reachable" "$((SECONDS - start))"
            ;;
        esac
    done
    row "broken lab" "$((SECONDS - start))"
}

accelerator=$(bin/lab doctor --json | jq --raw-output .accelerator) || true
[[ $accelerator == kvm ]] || accelerator="tcg (software emulation)"
printf '%s, %s processors\n\n| %-38s | %7s |\n| --- | --- |\n' "$accelerator" "$(nproc)" stage time
stage "image, found in the cache" image/build.sh
build
stage "solve" bin/pulumi up --yes --skip-preview --stack "$stack" -c fixed=true
stage "preview without a change" bin/pulumi preview --stack "$stack" --expect-no-changes
stage "break again" bin/pulumi up --yes --skip-preview --stack "$stack" -c fixed=false
stage "destroy" bin/pulumi destroy --yes --skip-preview --stack "$stack"
trap - EXIT
