/** The states of a lab that have a hint, in the order in which they are detected. */
export const hintNames = [
    // The lab does not work.
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
    // The self check does not pass.
    "path-partly",
    "another-response",
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
    // The self check passes; the certificate or the page is missing.
    "certificate-missing",
    "order-failed",
    "certificate-waiting",
    "page-missing",
    "not-evaluated",
    "check-unsolved",
    // The end state is reached.
    "sysctl-not-persistent",
    "module-not-persistent",
    "rules-not-persistent",
    "persistence-unknown",
    "solved",
] as const;

export type HintName = (typeof hintNames)[number];

/** A hint without its texts. */
export interface Hint {
    name: HintName;
    /** Values of the placeholders that only this hint's texts have. */
    details: Record<string, string>;
}

/** Creates a hint. */
export function hint(name: HintName, details: Record<string, string> = {}): Hint {
    return { name, details };
}
