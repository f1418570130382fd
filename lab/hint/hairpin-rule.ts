import { BlockList } from "node:net";
import { type AddressPlan, workerNames } from "../../infra/config/address-plan";
import type { NatRule } from "./nat-rules";

/** The part of a rule that keeps it from translating the self check's source on lb. */
export type HairpinFault = "chain" | "virtual-address" | "source" | "destination" | "interface" | "target";

/** Rules that look as if they were meant for hairpin NAT: they translate sources, or look at IPVS. */
export function hairpinRules(rules: NatRule[]): NatRule[] {
    return rules.filter(({ matchesIpvs, target }) => matchesIpvs || target === "MASQUERADE" || target === "SNAT");
}

/**
 * What is certainly wrong with a rule that was meant for hairpin NAT; undefined when nothing is.
 *
 * @param rules the whole table: a chain of the user's own counts when a rule of POSTROUTING jumps to it
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
            ? ![plan.vip, plan.clusterGateway].includes(rule.toSource ?? "")
            : !translates(rule, rules)
    ) {
        return "target";
    }
    if (rule.virtualAddress !== undefined && !covers(rule.virtualAddress, [plan.vip])) {
        return "virtual-address";
    }
    // The pods' own addresses never arrive: they leave their node with the node's.
    if (rule.source !== undefined && !covers(rule.source, workers)) {
        return "source";
    }
    // In POSTROUTING IPVS has put a real server's address in place of the VIP.
    if (rule.destination !== undefined && !covers(rule.destination, workers)) {
        return "destination";
    }
    return rule.outInterface === undefined || rule.outInterface === kubernetesInterface ? undefined : "interface";
}

/** lb's leg in the Kubernetes half. */
const kubernetesInterface = "eth1";

function reachedFrom(builtIn: string, chain: string, rules: NatRule[]): boolean {
    return chain === builtIn || rules.some((rule) => rule.chain === builtIn && rule.target === chain);
}

/** MASQUERADE, or a chain of the user's own that may do it. */
function translates({ target }: NatRule, rules: NatRule[]): boolean {
    return target === "MASQUERADE" || rules.some(({ chain }) => chain === target);
}

/** Whether all addresses lie in a network: CIDR, or one address. */
function covers(network: string, addresses: string[]): boolean {
    const [address = "", prefix = "32"] = network.split("/");
    const list = new BlockList();
    list.addSubnet(address, Number(prefix), "ipv4");
    return addresses.every((one) => list.check(one, "ipv4"));
}
