import { hairpinFault, hairpinRules } from "./hairpin-rule";
import { type Hint, type HintName, hint } from "./hint";
import type { LabFacts } from "./observation";
import { redirects, solutionBegun } from "./solution";

/** Why the self check's request is not answered; undefined when it is. */
export function pathFault(facts: LabFacts): Hint | undefined {
    if (facts.selfCheckAnswered) {
        return undefined;
    }
    const { lb, plan, resolved, cluster } = facts;
    switch (solutionBegun(facts)) {
        case "CoreDNS":
            return resolved === "" ? hint("site-unresolved") : hint("dns-not-answering", { resolved });
        case "DNAT":
            // Rules that look at IPVS do not see what DNAT has led past it.
            return lb.natRules.some(({ target, matchesIpvs }) => isSourceNat(target) && !matchesIpvs)
                ? hint("dnat-not-answering")
                : hint("dnat-keeps-source");
        case "reverse proxy":
            return redirects(lb.natRules, [plan.vip, plan.clusterGateway])
                ? hint("proxy-not-answering")
                : hint("proxy-bypassed", { proxies: lb.proxies.join(", ") });
        case "hairpin NAT":
            return hairpinGap(facts);
        case undefined:
            return hint(cluster.certificate?.ready ? "only-certificate" : "untouched");
    }
}

function isSourceNat(target: string | undefined): boolean {
    return target === "MASQUERADE" || target === "SNAT";
}

/** The half of hairpin NAT that is missing, or what is wrong with the rule. */
function hairpinGap({ lb, plan }: LabFacts): Hint {
    const rules = hairpinRules(lb.natRules);
    if (!lb.conntrack) {
        return hint("sysctl-missing");
    }
    if (rules.length === 0) {
        return hint(lb.nativeNat ? "hairpin-not-answering" : "rule-missing");
    }
    const faults = rules.map((rule) => ({ rule, fault: hairpinFault(rule, lb.natRules, plan) }));
    const [first] = faults;
    if (first?.fault === undefined || faults.some(({ fault }) => fault === undefined)) {
        return hint("hairpin-not-answering");
    }
    const name: HintName = `rule-wrong-${first.fault}`;
    return hint(name, { rule: first.rule.text });
}
