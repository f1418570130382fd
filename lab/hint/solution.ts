import type { AddressPlan } from "../../infra/config/address-plan";
import { covers, hairpinRules } from "../lib/load-balancer/hairpin-rule";
import type { NatRule } from "../lib/load-balancer/nat-rules";
import type { LabFacts } from "./facts";

/** The accepted solutions with parts on lb or in the cluster's DNS. */
export type Solution = "CoreDNS" | "DNAT" | "reverse proxy" | "hairpin NAT";

/** The solution of which parts exist; undefined without any. */
export function solutionBegun({ plan, lb, selfCheck }: LabFacts): Solution | undefined {
    if (selfCheck.addresses.some((address) => address !== plan.vip) || selfCheck.addresses.length === 0) {
        return "CoreDNS";
    }
    if (lb.natRules.some((rule) => rule.target === "DNAT" && isForVip(rule, plan) && !leadsToLb(rule, plan))) {
        return "DNAT";
    }
    if (redirects(lb.natRules, plan)) {
        return "reverse proxy";
    }
    if (lb.conntrack || hairpinRules(lb.natRules).length > 0) {
        return "hairpin NAT";
    }
    return lb.proxies.length > 0 ? "reverse proxy" : undefined;
}

function isForVip({ destinations }: NatRule, { vip }: AddressPlan): boolean {
    return destinations === undefined || covers(destinations, [vip]);
}

function leadsToLb({ toDestination }: NatRule, { vip, clusterGateway }: AddressPlan): boolean {
    return (
        toDestination === undefined || toDestination.startsWith("127.") || [vip, clusterGateway].includes(toDestination)
    );
}

/** Whether packets for the VIP reach a socket of lb before IPVS. */
export function redirects(rules: NatRule[], plan: AddressPlan): boolean {
    return rules.some(
        (rule) =>
            isForVip(rule, plan) && (rule.target === "REDIRECT" || (rule.target === "DNAT" && leadsToLb(rule, plan))),
    );
}
