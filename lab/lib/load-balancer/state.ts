import type { SectionOutput } from "../framed-script";
import { parseVirtualServers, type VirtualServer } from "../virtual-servers";
import { type AtBoot, moduleAtBoot, sysctlAtBoot } from "./boot";
import { isAmong, type NatRule, parseNatListings, parseNatRules } from "./nat-rules";

/** The state of lb that solutions change. */
export interface LoadBalancerState {
    /** The sysctl net.ipv4.vs.conntrack is 1. */
    conntrack: boolean;
    natRules: NatRule[];
    /** Reverse proxies with a listening TCP socket. */
    proxies: string[];
    /** Whether the unit keepalived has processes, except those that systemd is starting. */
    keepalivedRuns: boolean;
    virtualServers: VirtualServer[];
    boot: {
        sysctl: AtBoot;
        module: AtBoot;
        /** Of the rules that exist now. */
        rules: AtBoot;
        /** Of the proxies that run now. */
        proxies: AtBoot;
    };
}

/** Names of reverse proxies. */
const knownProxies = /"(haproxy|nginx|apache2|caddy|envoy|traefik|squid|varnishd|pound|socat)"/g;

/** The file from which netfilter-persistent(8) restores rules. */
const savedRules = "/etc/iptables/rules.v4";

/** Statements of iptables(8) and nft(8). */
const addressTranslation = /\b(MASQUERADE|SNAT|DNAT|REDIRECT|TPROXY|masquerade|snat|dnat|redirect to)\b/;

/** @param sections of the examination of lb, by name; a missing one counts as empty */
export function parseLoadBalancer(sections: Record<string, Pick<SectionOutput, "text">>): LoadBalancerState {
    const text = (name: string) => sections[name]?.text ?? "";
    const natRules = parseNatListings({
        iptablesNft: text("iptables-nft"),
        iptablesLegacy: text("iptables-legacy"),
        nftables: text("nftables"),
    });
    const units = text("enabled-units").split("\n");
    const mentions = text("mentions").split("\n");
    const mentionsOf = (pattern: RegExp) => mentions.filter((line) => pattern.test(line));
    const proxies = [...new Set([...text("listeners").matchAll(knownProxies)].map(([, name = ""]) => name))];
    return {
        conntrack: text("vs-conntrack").trim() === "1",
        natRules,
        proxies,
        keepalivedRuns: /^\d+ (?!starting )/m.test(text("keepalived-processes")),
        virtualServers: parseVirtualServers(text("ip_vs")),
        boot: {
            sysctl: sysctlAtBoot(mentionsOf(/vs[./]conntrack/).join("\n")),
            module: moduleAtBoot(mentionsOf(/\bip_vs/).join("\n")),
            rules: rulesAtBoot(natRules, {
                saved: units.includes("netfilter-persistent.service") ? parseNatRules(text("saved-rules")) : [],
                files: mentionsOf(addressTranslation)
                    .map((line) => line.replace(/:.*/, ""))
                    .filter((file) => file !== savedRules),
            }),
            proxies: proxies.every((name) => units.includes(`${name}.service`)) ? "set" : "unknown",
        },
    };
}

/** Rules of iptables are compared with the saved ones. For other rules, only a reboot shows the result. */
function rulesAtBoot(rules: NatRule[], { saved, files }: { saved: NatRule[]; files: string[] }): AtBoot {
    if (rules.every((rule) => isAmong(rule, saved))) {
        return "set";
    }
    return files.length > 0 ? "unknown" : "missing";
}
