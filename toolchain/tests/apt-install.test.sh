#!/usr/bin/env bash
# apt-install.sh runs apt-get as root or with sudo, also with outdated lists, and names the command where there is no sudo.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache
# A PATH with the programs that the script uses.
mkdir bin
for program in bash cat date dirname env mkdir tail; do
    ln -s "$(command -v "$program")" "bin/$program"
done
fake apt-get <<'EOF'
echo "apt-get $*" >>calls
case $1 in
update) exit 100 ;;
install) [[ ! -e broken ]] ;;
esac
EOF
fake id <<<'cat user'
calls=$PWD/calls
sed -i "s#>>calls#>>'$calls'#; s#-e broken#-e '$PWD/broken'#" bin/apt-get
sed -i "s#cat user#cat '$PWD/user'#" bin/id
install() { PATH=$PWD/bin bash "$here/../apt-install.sh" npm 2>&1; }

echo 0 >user
output=$(install) || fail "root's installation ended with $?: $output"
assert_equal "apt-get update
apt-get install --yes --no-install-recommends npm --option DPkg::Lock::Timeout=300" "$(<calls)" "root's calls"
assert_contains "$output" "continues with the present lists"

command="su --command 'apt-get install --yes --no-install-recommends npm'"
echo 1000 >user
rm calls
if output=$(install); then
    fail "it succeeded without sudo"
fi
assert_contains "$output" "sudo is not installed. As root: $command"
[[ ! -e calls ]] || fail "it ran apt-get without root's rights"

fake sudo <<<"echo sudo >>'$calls'; exec \"\$@\""
install >output || fail "the installation with sudo ended with $?"
assert_equal 2 "$(grep --count sudo calls)" "the commands with sudo"

touch broken
if output=$(install); then
    fail "a failed installation succeeded"
fi
assert_contains "$output" "As root: $command"
