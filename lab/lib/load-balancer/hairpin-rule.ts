import { BlockList } from "node:net";
import { type AddressPlan, workerNames } from "../../../infra/config/address-plan";
import type { NatRule } from "./nat-rules";

/** The part of a rule for which the rule does not translate the self check's source on lb. */
export type HairpinFault = "chain" | "virtual-address" | "source" | "destination" | "interface" | "target";

/** Rules that translate sources or have the match ipvs: attempts at hairpin NAT. */
export function hairpinRules(rules: NatRule[]): NatRule[] {
    return rules.filter(({ matchesIpvs, target }) => matchesIpvs || target === "MASQUERADE" || target === "SNAT");
}

/**
 * The first certain fault of a rule for hairpin NAT; undefined without one, which does not mean that the rule works.
 *
 * @param rules all rules: a chain counts when a rule of POSTROUTING jumps to it
 */
export function hairpinFault(rule: NatRule, rules: NatRule[], plan: AddressPlan): HairpinFault | undefined {
    const workers = workerNames.map((name) => plan.machines[name]);
    if (!reachedFrom("POSTROUTING", rule.chain, rules)) {
        return "chain";
    }
    if (rule.negated) {
        return undefined;
    }
    if (
        rule.target === "SNAT"
            ? rule.toSource !== undefined && ![plan.vip, plan.clusterGateway].includes(rule.toSource)
            : !translates(rule, rules)
    ) {
        return "target";
    }
    if (rule.virtualAddress !== undefined && !covers([rule.virtualAddress], [plan.vip])) {
        return "virtual-address";
    }
    // Pods leave their node with the node's address.
    if (rule.sources !== undefined && !covers(rule.sources, workers)) {
        return "source";
    }
    // In POSTROUTING the destination is a real server's address already.
    if (rule.destinations !== undefined && !covers(rule.destinations, workers)) {
        return "destination";
    }
    return rule.outInterfaces === undefined || rule.outInterfaces.some(isKubernetesInterface) ? undefined : "interface";
}

/** lb's interface in the cluster segment is eth1; `+` and `*` end a prefix. */
function isKubernetesInterface(name: string): boolean {
    return /[+*]$/.test(name) ? "eth1".startsWith(name.slice(0, -1)) : name === "eth1";
}

function reachedFrom(builtIn: string, chain: string, rules: NatRule[]): boolean {
    const reached = new Set([builtIn]);
    for (let size = 0; size < reached.size; ) {
        size = reached.size;
        for (const rule of rules) {
            if (rule.target !== undefined && reached.has(rule.chain)) {
                reached.add(rule.target);
            }
        }
    }
    return reached.has(chain);
}

/** MASQUERADE, or a chain that may have it. */
function translates({ target }: NatRule, rules: NatRule[]): boolean {
    return target === "MASQUERADE" || rules.some(({ chain }) => chain === target);
}

/** Whether the networks (CIDR, or single addresses) contain all addresses. True when a network is no IPv4 address. */
export function covers(networks: string[], addresses: string[]): boolean {
    const list = new BlockList();
    try {
        for (const network of networks) {
            const [address = "", prefix = "32"] = network.split("/");
            list.addSubnet(address, Number(prefix), "ipv4");
        }
    } catch {
        return true;
    }
    return addresses.every((one) => list.check(one, "ipv4"));
}
