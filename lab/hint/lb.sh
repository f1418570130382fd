#!/usr/bin/env bash
# What lab hint wants to know of lb, as one JSON object: run there as root.
set -uo pipefail

key='^[[:space:]]*-?net[./]ipv4[./]vs[./]conntrack[[:space:]]*='
# The configuration that systemd reads at boot, the last line of a kind, which is the one that counts.
at_boot() { systemd-analyze cat-config --no-pager "$1" | grep --extended-regexp "$2" | tail --lines=1; }

# shellcheck disable=SC2016  # jq's own variable
jq --null-input \
    --arg conntrack "$(cat /proc/sys/net/ipv4/vs/conntrack 2>/dev/null)" \
    --arg natRules "$(iptables-save --table nat)" \
    --arg savedRules "$(cat /etc/iptables/rules.v4 2>/dev/null)" \
    --arg nativeNat "$(nft --json list chains | jq '[.nftables[].chain? | select(.type == "nat" and .table != "nat")] | length')" \
    --arg bootSysctl "$(at_boot sysctl.d "$key")" \
    --arg sysctlConf "$(grep --extended-regexp "$key" /etc/sysctl.conf 2>/dev/null | tail --lines=1)" \
    --arg bootModule "$(at_boot modules-load.d '^[[:space:]]*ip_vs(_[a-z]+)?[[:space:]]*$')" \
    --arg keepalived "$(systemctl is-active keepalived)" \
    --arg virtualServers "$(ipvsadm --save --numeric)" \
    --arg listeners "$(ss --no-header --listening --tcp --numeric --processes)" \
    '$ARGS.named'
