#!/usr/bin/env bash
# Bundles a TypeScript program of this folder into one executable file, unless it is up to date:
#   bundle.sh PROGRAM OUTPUT
# The file needs nothing but Node.js on PATH, so it outlives the clone.
set -euo pipefail

cd "$(dirname "$0")/.."
program=$1 output=$2

inputs=$(cat offline/bundle.sh package-lock.json offline/{engine,"$program"}/*.ts | sha256sum | cut --delimiter=' ' --fields=1)
if [[ -x $output && -e $output.inputs && $(<"$output.inputs") == "$inputs" ]]; then
    exit 0
fi
mkdir -p "$(dirname "$output")"
# ssh2 works without its native modules.
node_modules/.bin/esbuild "offline/$program/main.ts" --bundle --platform=node --target=node22 --log-level=warning \
    --external:cpu-features '--external:*.node' --banner:js='#!/usr/bin/env node' --outfile="$output.new"
chmod +x "$output.new"
mv "$output.new" "$output"
echo "$inputs" >"$output.inputs"
