import { hairpinRules } from "./hairpin-rule";
import type { NatRule } from "./nat-rules";
import type { LabFacts } from "./observation";

/** The accepted solutions, and what a contestant has begun of them. */
export type Solution = "CoreDNS" | "DNAT" | "reverse proxy" | "hairpin NAT";

/** Which solution is in place or under way on lb and in the cluster's DNS; undefined when there is no trace of any. */
export function solutionBegun({ plan, lb, resolved }: LabFacts): Solution | undefined {
    if (resolved !== plan.vip) {
        return "CoreDNS";
    }
    if (dnatRules(lb.natRules).some((rule) => !leadsToLb(rule, [plan.vip, plan.clusterGateway]))) {
        return "DNAT";
    }
    if (redirects(lb.natRules, [plan.vip, plan.clusterGateway])) {
        return "reverse proxy";
    }
    if (lb.conntrack || lb.nativeNat || hairpinRules(lb.natRules).length > 0) {
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

/** Whether packets for the VIP are led to a socket of lb's own before IPVS takes them. */
export function redirects(rules: NatRule[], own: string[]): boolean {
    return rules.some((rule) => rule.target === "REDIRECT" || (rule.target === "DNAT" && leadsToLb(rule, own)));
}
