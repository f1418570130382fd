import { z } from "zod";
import { parseVirtualServers } from "../lib/virtual-servers";
import { parseNatRules } from "./nat-rules";
import type { LoadBalancerFacts } from "./observation";

/** What lb.sh prints: names to outputs of commands. */
const probeSchema = z.object({
    conntrack: z.string(),
    natRules: z.string(),
    savedRules: z.string(),
    nativeNat: z.string(),
    bootSysctl: z.string(),
    sysctlConf: z.string(),
    bootModule: z.string(),
    keepalived: z.string(),
    virtualServers: z.string(),
    listeners: z.string(),
});

/** Programs that people put in front of web servers; the image has the first, and others may be installed. */
const knownProxies = /"(haproxy|nginx|apache2|caddy|envoy|traefik|squid|varnishd|pound|socat)"/g;

/** @param output what lb.sh prints */
export function parseLoadBalancer(output: string): LoadBalancerFacts {
    const probe = probeSchema.parse(JSON.parse(output));
    const isOne = (line: string) => /=\s*1\s*$/.test(line);
    return {
        conntrack: probe.conntrack === "1",
        natRules: parseNatRules(probe.natRules),
        nativeNat: Number(probe.nativeNat) > 0,
        proxies: [...new Set([...probe.listeners.matchAll(knownProxies)].map(([, name = ""]) => name))],
        keepalived: probe.keepalived,
        virtualServers: parseVirtualServers(probe.virtualServers),
        boot: {
            conntrack: isOne(probe.bootSysctl),
            conntrackInSysctlConf: isOne(probe.sysctlConf),
            module: probe.bootModule !== "",
            natRules: parseNatRules(probe.savedRules),
        },
    };
}
