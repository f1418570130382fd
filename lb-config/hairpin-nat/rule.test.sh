#!/usr/bin/env bash
# rule.sh adds the rule once, and removes it in each form in which iptables lists it.
set -euo pipefail

# shellcheck source=tests/shell/assert.sh
source "$LAB_REPOSITORY/tests/shell/assert.sh"

# The chain POSTROUTING is a file; -S lists the policy first.
fake iptables <<EOF_IPTABLES
case "\$*" in
"-t nat -S POSTROUTING") echo "-P POSTROUTING ACCEPT" && cat "$PWD/chain" ;;
"-t nat -A POSTROUTING "*) echo "\${*:3}" >>"$PWD/chain" ;;
"-t nat -D POSTROUTING "[0-9]*) sed --in-place "\${*: -1}d" "$PWD/chain" ;;
*) echo "unexpected: iptables \$*" >&2 && exit 1 ;;
esac
EOF_IPTABLES
fake netfilter-persistent <<EOF_SAVE
cp "$PWD/chain" "$PWD/saved"
EOF_SAVE
fake conntrack <<EOF_CONNTRACK
echo "\$*" >>"$PWD/flushed"
EOF_CONNTRACK
export PATH=$PWD/bin:$PATH

# As Pulumi runs it: the script comes over standard input.
rule() { bash -s -- "$1" <"$LAB_REPOSITORY/lb-config/hairpin-nat/rule.sh"; }

own="-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE"
others="-A POSTROUTING -s 192.168.20.0/25 -j MASQUERADE
-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.10/32 -j MASQUERADE"

for chain in "" "$others"$'\n'; do
    printf '%s' "$chain" >chain
    rule add
    assert_equal "$chain$own" "$(<chain)" "the chain after add"
    rule add
    assert_equal "$chain$own" "$(<chain)" "the chain after a second add"
    assert_equal "$(<chain)" "$(<saved)" "the saved rules"
done

# Twice by hand, once as loaded at boot.
printf '%s\n' "$own" "$others" "${own/\/32/}" "$own" >chain
rule add
assert_equal 5 "$(wc --lines <chain)" "rules where the rule exists"
rule remove
assert_equal "$others" "$(<chain)" "the chain after remove"
assert_equal "$others" "$(<saved)" "the saved rules after remove"
assert_equal "-F" "$(<flushed)" "the flush of tracked connections"
rule remove
assert_equal "$others" "$(<chain)" "the chain after a second remove"

fake iptables <<<'echo "iptables: Permission denied" >&2; exit 4'
rm saved
for action in add remove; do
    if rule "$action" 2>error; then
        fail "$action succeeded without iptables"
    fi
    assert_contains "$(<error)" "Permission denied"
done
[[ ! -e saved ]] || fail "rules were saved although iptables failed"
