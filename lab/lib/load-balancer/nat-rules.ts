import { z } from "zod";

/** A rule of network address translation. Networks are CIDR or single addresses. */
export interface NatRule {
    /** As iptables-save(8) prints it; for a rule of nftables: family, table, chain and the rule's JSON. */
    text: string;
    /** POSTROUTING, PREROUTING, ... for a chain of that hook; any other name for a chain that rules jump to. */
    chain: string;
    /** MASQUERADE, SNAT, DNAT or REDIRECT; otherwise the chain that it jumps to, or another target. */
    target: string | undefined;
    /** Any of these networks; undefined without such a condition. */
    sources: string[] | undefined;
    destinations: string[] | undefined;
    outInterfaces: string[] | undefined;
    /** `--vaddr` of the match ipvs, iptables-extensions(8): the virtual address of the connection. */
    virtualAddress: string | undefined;
    /** Whether the rule has the match ipvs. */
    matchesIpvs: boolean;
    /** New source address of SNAT without its port. */
    toSource: string | undefined;
    /** New destination address of DNAT without its port. */
    toDestination: string | undefined;
    /** Whether a condition is negated. The other fields do not describe such a condition. */
    negated: boolean;
}

/** Rules of a machine, by the program that prints them. An empty text has no rules. */
export interface NatListings {
    /** iptables-nft-save */
    iptablesNft: string;
    /** iptables-legacy-save */
    iptablesLegacy: string;
    /** `nft --json list ruleset` */
    nftables: string;
}

/** All rules for IPv4, whichever program created them, each once. */
export function parseNatListings({ iptablesNft, iptablesLegacy, nftables }: NatListings): NatRule[] {
    return [...parseNatRules(iptablesNft), ...parseNatRules(iptablesLegacy), ...parseNftables(nftables)];
}

/** @param saved output of iptables-save(8), other tables included */
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
    const list = (...options: string[]) => after(...options)?.split(",");
    const withoutPort = (address: string | undefined) => address?.split(":")[0];
    return {
        text,
        chain: after("-A") ?? "",
        target: after("-j", "-g", "--jump", "--goto"),
        sources: list("-s", "--source"),
        destinations: list("-d", "--destination"),
        outInterfaces: list("-o", "--out-interface"),
        virtualAddress: after("--vaddr"),
        matchesIpvs: /-m ipvs\b/.test(text),
        toSource: withoutPort(after("--to-source")),
        toDestination: withoutPort(after("--to-destination")),
        negated: words.includes("!"),
    };
}

const addressSchema = z.union([
    z.string(),
    z
        .object({ prefix: z.object({ addr: z.string(), len: z.number() }) })
        .transform(({ prefix }) => `${prefix.addr}/${prefix.len}`),
]);

/** The right side of a match; undefined for a named set, a range, ... */
const valuesSchema = z.union([
    addressSchema.transform((value) => [value]),
    z
        .object({ set: z.union([addressSchema.transform((value) => [value]), z.array(addressSchema)]) })
        .transform(({ set }) => set),
]);

const matchSchema = z.object({
    match: z.object({
        op: z.string(),
        left: z.union([
            z
                .object({ payload: z.object({ protocol: z.string(), field: z.string() }) })
                .transform(({ payload }) => payload.field),
            z.object({ meta: z.object({ key: z.string() }) }).transform(({ meta }) => meta.key),
            z.unknown().transform(() => "another"),
        ]),
        right: z.unknown(),
    }),
});

/** libnftables-json(5), as far as it concerns address translation. */
const rulesetSchema = z.object({
    nftables: z.array(
        z.object({
            chain: z
                .object({ family: z.string(), table: z.string(), name: z.string(), hook: z.string().optional() })
                .optional(),
            rule: z
                .object({
                    family: z.string(),
                    table: z.string(),
                    chain: z.string(),
                    expr: z.array(z.record(z.string(), z.unknown())).default([]),
                })
                .optional(),
        }),
    ),
});

const targets: Record<string, string> = { masquerade: "MASQUERADE", snat: "SNAT", dnat: "DNAT", redirect: "REDIRECT" };

/** Native rules. Those of iptables-nft are expressions `xt` here, whose details nft(8) does not print. */
function parseNftables(json: string): NatRule[] {
    const { nftables } = rulesetSchema.parse(parseJson(json));
    const chains = nftables.flatMap(({ chain }) => (chain ? [chain] : []));
    const nameOf = ({ family, table }: { family: string; table: string }, name: string) => {
        const hook = chains.find((one) => one.family === family && one.table === table && one.name === name)?.hook;
        return hook?.toUpperCase() ?? `${family} ${table} ${name}`;
    };
    return nftables
        .flatMap(({ rule }) => (rule && ["ip", "inet"].includes(rule.family) ? [rule] : []))
        .flatMap((rule): NatRule[] => {
            const statement = rule.expr
                .flatMap((expression) => Object.entries(expression))
                .find(([key]) => key in targets);
            const jump = z
                .object({ target: z.string() })
                .safeParse(rule.expr.map(({ jump, goto }) => jump ?? goto).find((one) => one !== undefined)).data;
            const target = statement ? targets[statement[0]] : jump && nameOf(rule, jump.target);
            if (target === undefined) {
                return [];
            }
            const matches = rule.expr.flatMap((one) => matchSchema.safeParse(one).data?.match ?? []);
            const valuesOf = (left: string) => {
                const match = matches.find((one) => one.left === left && ["==", "in"].includes(one.op));
                return valuesSchema.safeParse(match?.right).data;
            };
            const address = z.object({ addr: z.string() }).safeParse(statement?.[1]).data?.addr;
            return [
                {
                    text: `${rule.family} ${rule.table} ${rule.chain}: ${JSON.stringify(rule.expr)}`,
                    chain: nameOf(rule, rule.chain),
                    target,
                    sources: valuesOf("saddr"),
                    destinations: valuesOf("daddr"),
                    outInterfaces: valuesOf("oifname"),
                    virtualAddress: undefined,
                    matchesIpvs: false,
                    toSource: target === "SNAT" ? address : undefined,
                    toDestination: target === "DNAT" ? address : undefined,
                    negated: matches.some(({ op }) => op === "!="),
                },
            ];
        });
}

function parseJson(json: string): unknown {
    try {
        return JSON.parse(json);
    } catch {
        return { nftables: [] };
    }
}

/**
 * Whether a rule is among others, however each was written: hand-written files have prefix lengths that iptables-save
 * leaves out.
 */
export function isAmong(rule: NatRule, others: NatRule[]): boolean {
    const plain = ({ text }: NatRule) => text.replaceAll("/32", "").replace(/ -m (tcp|udp)\b/g, "");
    return others.some((other) => plain(other) === plain(rule));
}
