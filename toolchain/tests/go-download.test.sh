#!/usr/bin/env bash
# download_in_background lists each package with its dependencies, and ends with the script.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
mkdir bin
cat >bin/go <<'EOF'
#!/usr/bin/env bash
echo "$*" >>calls
echo $$ >go.pid
[[ $* != *hang* ]] || exec sleep 600
EOF
chmod +x bin/go
export PATH=$PWD/bin:$PATH

start() { # PAIR...: downloads in a script that ends when `end` exists
    bash -c 'source "$0"; download_in_background "$@"; until [[ -e end ]]; do sleep 0.05; done' "$here/../go-download.sh" "$@"
}
start one=./a two=. hang=. &
until [[ -e calls && $(wc -l <calls) == 3 ]]; do sleep 0.05; done
assert_equal "-C one list -e -deps ./a
-C two list -e -deps .
-C hang list -e -deps ." "$(<calls)" "the calls of go"
pid=$(<go.pid)
[[ -e /proc/$pid ]] || fail "the download ended before the script"
touch end
wait
until [[ ! -e /proc/$pid ]] || grep --quiet ') Z ' "/proc/$pid/stat"; do sleep 0.05; done
