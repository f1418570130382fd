/** An iptables rule of the table nat. Addresses are CIDR or single addresses as iptables-save prints them. */
export interface NatRule {
    /** As iptables-save(8) prints it. */
    text: string;
    chain: string;
    /** Target of the jump. */
    target: string | undefined;
    source: string | undefined;
    destination: string | undefined;
    outInterface: string | undefined;
    /** `--vaddr` of the match ipvs, iptables-extensions(8): the virtual address that the connection came in by. */
    virtualAddress: string | undefined;
    /** Whether the rule looks at IPVS' properties at all. */
    matchesIpvs: boolean;
    /** `--to-source` of SNAT without its port. */
    toSource: string | undefined;
    /** `--to-destination` of DNAT without its port. */
    toDestination: string | undefined;
    /** Whether a condition is negated: then it is not for a program to say what the rule was meant for. */
    negated: boolean;
}

/** @param saved what iptables-save(8) prints, other tables included */
export function parseNatRules(saved: string): NatRule[] {
    const [, nat = ""] = /^\*nat$([\s\S]*?)^COMMIT$/m.exec(saved) ?? [];
    return nat
        .split("\n")
        .filter((line) => line.startsWith("-A "))
        .map(parseRule);
}

function parseRule(text: string): NatRule {
    const words: string[] = text.match(/"[^"]*"|\S+/g) ?? [];
    const after = (...options: string[]) => {
        const index = words.findIndex((word) => options.includes(word));
        return index < 0 ? undefined : words[index + 1];
    };
    const withoutPort = (address: string | undefined) => address?.split(":")[0];
    return {
        text,
        chain: after("-A") ?? "",
        target: after("-j", "-g"),
        source: after("-s"),
        destination: after("-d"),
        outInterface: after("-o"),
        virtualAddress: after("--vaddr"),
        matchesIpvs: /-m ipvs\b/.test(text),
        toSource: withoutPort(after("--to-source")),
        toDestination: withoutPort(after("--to-destination")),
        negated: words.includes("!"),
    };
}

/** Whether a rule is among others, however each was written: hand-written files have prefix lengths that iptables-save leaves out. */
export function isAmong(rule: NatRule, others: NatRule[]): boolean {
    const plain = ({ text }: NatRule) => text.replaceAll("/32", "").replace(/ -m (tcp|udp)\b/g, "");
    return others.some((other) => plain(other) === plain(rule));
}
