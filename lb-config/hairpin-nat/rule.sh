#!/usr/bin/env bash
# Step 2 of hairpin NAT: connections from the cluster segment to the VIP leave lb with lb's own address.
#   rule.sh add       the rule, which lb also loads at boot
#   rule.sh remove    the rule and its effect on existing connections
set -euo pipefail

rule=(-s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE)

# The rule's numbers in the chain, highest first. A rule that was loaded at boot is listed without /32, and iptables -C and
# -D do not find it by its text.
chain=$(iptables -t nat -S POSTROUTING)
numbers=$(
    grep '^-A' <<<"$chain" | sed 's#/32##' |
        grep --line-number --line-regexp --fixed-strings -e "-A POSTROUTING ${rule[*]/\/32/}" |
        cut --delimiter=: --fields=1 | tac || true
)

case $1 in
add)
    if [[ -z $numbers ]]; then
        iptables -t nat -A POSTROUTING "${rule[@]}"
    fi
    netfilter-persistent save
    ;;
remove)
    for number in $numbers; do
        iptables -t nat -D POSTROUTING "$number"
    done
    netfilter-persistent save
    conntrack -F
    ;;
esac
