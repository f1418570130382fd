#!/usr/bin/env bash
# recover.sh releases the locks of dead processes, drops pending operations, and never interferes with a living update
# or another clone's lab.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

export LAB_CACHE=$PWD/cache PULUMI_HOME=$PWD/home PULUMI_BACKEND_URL=file://$PWD/state PULUMI_CONFIG_PASSPHRASE=test
export TEST_FOLDER=$PWD

fake pulumi <<'EOF_PULUMI'
cd "$TEST_FOLDER"
case "$*" in
"stack --show-name") cat selected ;;
"stack export --stack "*) cat "exported-$4" ;;
"stack import --stack "*) cat >"imported-$4" ;;
"config get libvirtUri --stack "*) exit 1 ;;
*) echo "unexpected: pulumi $*" >&2; exit 1 ;;
esac
EOF_PULUMI
mkdir home && mv bin home/bin
fake virsh <<'EOF_VIRSH'
cd "$TEST_FOLDER"
case "$*" in
*" list --all --name") echo certificate-lab-dev-lb ;;
*" undefine "*) echo "${*: -1}" >undefined ;;
esac
EOF_VIRSH
PATH=$PWD/bin:$PATH

locks=$PWD/state/.pulumi/locks/organization/certificate-lab
lock() { # STACK PID HOST
    mkdir -p "$locks/$1"
    jq --null-input '{pid: $pid, hostname: $host}' --argjson pid "$2" --arg host "$3" >"$locks/$1/$2.json"
}
recover() { "$LAB_REPOSITORY/lab/recover/recover.sh" "$@"; }

sleep 0 & # a process that is dead once it has been waited for
dead=$!
wait
# A living update is a process called pulumi.
cp "$(command -v sleep)" pulumi
./pulumi 600 &
living=$!
trap 'kill "$living"' EXIT
host=$(uname --nodename)

echo '{"deployment": {"pending_operations": [{"type": "creating"}], "resources": [{"type": "pulumi:pulumi:Stack"}]}}' >exported-dev
echo '{"deployment": {"resources": []}}' >exported-dev-2
echo dev >selected

# A dead process' lock goes, in all ways to name the stack; another stack's stays.
for arguments in "" "--stack dev" "--stack=dev" "-s dev" "-sdev" "--stack organization/certificate-lab/dev"; do
    lock dev "$dead" "$host"
    lock dev-2 "$dead" "$host"
    rm -f undefined
    # shellcheck disable=SC2086 # words
    assert_contains "$(recover up --yes $arguments 2>&1)" "process $dead"
    [[ ! -e $locks/dev/$dead.json ]] || fail "the dead process' lock is still there with '$arguments'"
    [[ -e $locks/dev-2/$dead.json ]] || fail "another stack's lock is gone with '$arguments'"
    assert_equal '{"deployment":{"resources":[{"type":"pulumi:pulumi:Stack"}]}}' "$(jq --compact-output . imported-dev)" "what is imported"
    assert_equal certificate-lab-dev-lb "$(<undefined)" "the machine that is removed"
    rm imported-dev
done

# A process that has got the dead one's number is no update.
lock dev "$$" "$host"
recover up 2>/dev/null
[[ ! -e $locks/dev/$$.json ]] || fail "the lock of a process that isn't Pulumi is still there"

# While an update lives, here or on another machine, its lock, its pending operations and its machines stay.
for holder in "$living $host" "$dead elsewhere"; do
    rm -f undefined imported-dev
    # shellcheck disable=SC2086 # two words
    lock dev $holder
    recover up
    [[ -e $locks/dev/${holder% *}.json ]] || fail "the lock of a living update ($holder) is gone"
    [[ ! -e imported-dev && ! -e undefined ]] || fail "a living update ($holder) was interfered with"
    rm "$locks/dev/${holder% *}.json"
done

# Where nothing was interrupted, a lab that the stack doesn't know is another clone's: its machines stay, and the update doesn't begin.
echo '{"deployment": {"resources": []}}' >exported-dev
rm -f undefined
if recover up 2>/dev/null; then
    fail "the update would have begun beside another clone's lab"
fi
[[ ! -e undefined ]] || fail "another clone's machine was removed"

# Nothing is imported where nothing is pending.
recover up --stack dev-2 2>/dev/null
[[ ! -e imported-dev-2 ]] || fail "a stack without pending operations was imported"

# A stack that can't be read is Pulumi's to report.
rm -f undefined
recover up --stack missing
rm selected
recover up
[[ ! -e undefined ]] || fail "machines were removed without knowing the stack"
