import { hairpinRules } from "../lib/load-balancer/hairpin-rule";
import type { NatRule } from "../lib/load-balancer/nat-rules";
import type { LabFacts } from "./facts";

/** The accepted solutions with parts on lb or in the cluster's DNS. */
export type Solution = "CoreDNS" | "DNAT" | "reverse proxy" | "hairpin NAT";

/** The solution of which parts exist; undefined without any. */
export function solutionBegun({ plan, lb, selfCheck }: LabFacts): Solution | undefined {
    if (selfCheck.addresses.some((address) => address !== plan.vip) || selfCheck.addresses.length === 0) {
        return "CoreDNS";
    }
    if (dnatRules(lb.natRules).some((rule) => !leadsToLb(rule, [plan.vip, plan.clusterGateway]))) {
        return "DNAT";
    }
    if (redirects(lb.natRules, [plan.vip, plan.clusterGateway])) {
        return "reverse proxy";
    }
    if (lb.conntrack || hairpinRules(lb.natRules).length > 0) {
        return "hairpin NAT";
    }
    return lb.proxies.length > 0 ? "reverse proxy" : undefined;
}

function dnatRules(rules: NatRule[]): NatRule[] {
    return rules.filter(({ target }) => target === "DNAT");
}

function leadsToLb({ toDestination }: NatRule, own: string[]): boolean {
    return toDestination === undefined || toDestination.startsWith("127.") || own.includes(toDestination);
}

/** Whether packets for the VIP reach a socket of lb before IPVS. */
export function redirects(rules: NatRule[], own: string[]): boolean {
    return rules.some((rule) => rule.target === "REDIRECT" || (rule.target === "DNAT" && leadsToLb(rule, own)));
}
