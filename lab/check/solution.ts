import type { Machines } from "../ssh";
import type { LabStack } from "../stack";

/** Names which of the accepted solutions are in place; none of them is needed for the verdict. */
export async function recognizeSolutions(machines: Machines, stack: LabStack): Promise<string[]> {
    const lb = await machines.run("lb", "sysctl -n net.ipv4.vs.conntrack; iptables -t nat -S");
    const dns = await machines.run(
        "k8s-master",
        "kubectl --kubeconfig /etc/kubernetes/admin.conf --namespace kube-system get configmap coredns --output jsonpath='{.data.Corefile}'",
    );
    return solutionsIn(lb.stdout, dns.stdout, stack);
}

/** The pure part: lb's `net.ipv4.vs.conntrack` and NAT rules, and CoreDNS' Corefile. */
export function solutionsIn(lb: string, corefile: string, { vip, domain }: Pick<LabStack, "vip" | "domain">): string[] {
    const [conntrack, ...rules] = lb.split("\n");
    const toVip = rules.filter((rule) => rule.includes(`-d ${vip}/32`));
    const found: string[] = [];
    if (
        conntrack === "1" &&
        rules.some((rule) => rule.includes(`--vaddr ${vip}`) && /-j (MASQUERADE|SNAT)/.test(rule))
    ) {
        found.push("hairpin NAT on lb");
    }
    if (toVip.some((rule) => rule.includes("-j DNAT"))) {
        found.push("DNAT on lb to a node");
    }
    if (toVip.some((rule) => rule.includes("-j REDIRECT"))) {
        found.push("reverse proxy on lb");
    }
    if (corefile.includes(`www.${domain}`)) {
        found.push("CoreDNS answering for the site");
    }
    return found;
}
