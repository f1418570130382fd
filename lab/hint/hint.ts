/** Every state of the lab that has a hint of its own, in the order in which they are looked for. */
export const hintNames = [
    // The lab is out of order, whatever the contestant did.
    "machines-silent",
    "nodes-unreachable",
    "api-server-down",
    "keepalived-down",
    "constraint-broken",
    "nodes-not-ready",
    "workloads-not-ready",
    "real-servers-missing",
    "acme-server-down",
    "issuer-not-ready",
    // The self check is not answered.
    "site-unresolved",
    "dns-not-answering",
    "dnat-keeps-source",
    "dnat-not-answering",
    "proxy-bypassed",
    "proxy-not-answering",
    "sysctl-missing",
    "rule-missing",
    "rule-wrong-chain",
    "rule-wrong-target",
    "rule-wrong-virtual-address",
    "rule-wrong-source",
    "rule-wrong-destination",
    "rule-wrong-interface",
    "hairpin-not-answering",
    "only-certificate",
    "untouched",
    // The self check is answered; the certificate or the page is not there.
    "certificate-missing",
    "order-failed",
    "certificate-waiting",
    "page-missing",
    // The end state is reached.
    "sysctl-not-persistent",
    "sysctl-conf-not-read",
    "module-not-persistent",
    "rules-not-persistent",
    "solved",
] as const;

export type HintName = (typeof hintNames)[number];

/** A hint without its words: what was found, and what the texts quote of it, placeholder to value. */
export interface Hint {
    name: HintName;
    details: Record<string, string>;
}

/** Makes a hint; the texts of some quote details. */
export function hint(name: HintName, details: Record<string, string> = {}): Hint {
    return { name, details };
}
