import type { SelfCheckRequest } from "../check/self-check";
import { hairpinFault, hairpinRules } from "../lib/load-balancer/hairpin-rule";
import type { LabFacts } from "./facts";
import { type Hint, type HintName, hint } from "./hint";
import { redirects, solutionBegun } from "./solution";

/** The reason why the self check does not pass; undefined when all of its requests do. */
export function pathFault(facts: LabFacts): Hint | undefined {
    const { lb, plan, selfCheck, cluster } = facts;
    const failed = selfCheck.requests.filter(({ failure }) => failure !== undefined);
    const [first] = failed;
    if (!first) {
        return undefined;
    }
    if (failed.length < selfCheck.requests.length) {
        return partly(selfCheck.requests, first);
    }
    const { exchange } = first;
    if (exchange.exitCode === 0) {
        return hint("another-response", { address: exchange.remoteAddress, status: `${exchange.status}` });
    }
    switch (solutionBegun(facts)) {
        case "CoreDNS":
            return selfCheck.addresses.length === 0
                ? hint("site-unresolved")
                : hint("dns-not-answering", { resolved: selfCheck.addresses.join(", ") });
        case "DNAT":
            // Rules with the match ipvs do not match connections that bypass IPVS because of DNAT.
            return lb.natRules.some(({ target, matchesIpvs }) => isSourceNat(target) && !matchesIpvs)
                ? hint("dnat-not-answering")
                : hint("dnat-keeps-source");
        case "reverse proxy":
            return redirects(lb.natRules, plan)
                ? hint("proxy-not-answering")
                : hint("proxy-bypassed", { proxies: lb.proxies.join(", ") });
        case "hairpin NAT":
            return hairpinGap(facts);
        case undefined:
            return hint(cluster.certificate?.ready ? "only-certificate" : "untouched");
    }
}

/** Some requests pass: from one node, or over one real server. */
function partly(requests: SelfCheckRequest[], failed: SelfCheckRequest): Hint {
    const wayOf = ({ node, realServer }: SelfCheckRequest) => (realServer ? `${node} -> ${realServer}` : node);
    const waysOf = (isFailed: boolean) =>
        [...new Set(requests.filter(({ failure }) => (failure !== undefined) === isFailed).map(wayOf))].sort();
    return hint("path-partly", {
        passing: waysOf(false).join(", "),
        failing: waysOf(true).join(", "),
        reason: failed.failure ?? "",
    });
}

function isSourceNat(target: string | undefined): boolean {
    return target === "MASQUERADE" || target === "SNAT";
}

/** The part of hairpin NAT that is missing, or the fault of its rule. */
function hairpinGap({ lb, plan }: LabFacts): Hint {
    const rules = hairpinRules(lb.natRules);
    if (!lb.conntrack) {
        return hint("sysctl-missing");
    }
    if (rules.length === 0) {
        return hint("rule-missing");
    }
    const faults = rules.map((rule) => ({ rule, fault: hairpinFault(rule, lb.natRules, plan) }));
    const [first] = faults;
    if (first?.fault === undefined || faults.some(({ fault }) => fault === undefined)) {
        return hint("hairpin-not-answering");
    }
    const name: HintName = `rule-wrong-${first.fault}`;
    return hint(name, { rule: first.rule.text });
}
