import { resolveInCluster } from "../lib/self-check";
import type { Machines } from "../lib/ssh";
import type { LabStack } from "../lib/stack";

/** Names which of the accepted solutions are in place; none of them is needed for the verdict. */
export async function recognizeSolutions(machines: Machines, stack: LabStack): Promise<string[]> {
    const [lb, resolved] = await Promise.all([
        machines.run("lb", "sysctl -n net.ipv4.vs.conntrack; iptables -t nat -S"),
        resolveInCluster(machines),
    ]);
    return solutionsIn(lb.stdout, resolved, stack);
}

/**
 * The pure part.
 *
 * @param lb lb's `net.ipv4.vs.conntrack`, then its NAT rules as `iptables -S` prints them
 * @param resolved the address that the cluster's DNS gives for the site, empty without an answer
 */
export function solutionsIn(lb: string, resolved: string, { vip }: Pick<LabStack, "vip">): string[] {
    const [conntrack, ...rules] = lb.split("\n");
    const toVip = rules.filter((rule) => rule.includes(`-d ${vip}/32`));
    const found: string[] = [];
    if (
        conntrack === "1" &&
        rules.some((rule) => rule.includes(`--vaddr ${vip}`) && /-j (MASQUERADE|SNAT)/.test(rule))
    ) {
        found.push("hairpin NAT on lb");
    }
    // A DNAT to lb itself is a proxy's.
    const elsewhere = (rule: string) => !rule.includes(`--to-destination ${vip}:`);
    if (toVip.some((rule) => rule.includes("-j DNAT") && elsewhere(rule))) {
        found.push("DNAT on lb to a node");
    }
    if (toVip.some((rule) => rule.includes("-j REDIRECT") || (rule.includes("-j DNAT") && !elsewhere(rule)))) {
        found.push("reverse proxy on lb");
    }
    if (resolved !== "" && resolved !== vip) {
        found.push("CoreDNS answering for the site");
    }
    return found;
}
