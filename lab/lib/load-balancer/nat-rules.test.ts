import { describe, expect, it } from "vitest";
import { isAmong, parseNatListings, parseNatRules } from "./nat-rules";

const table = (...rules: string[]) =>
    ["*filter", "-A FORWARD -j ACCEPT", "COMMIT", "*nat", ":POSTROUTING ACCEPT [0:0]", ...rules, "COMMIT", ""].join(
        "\n",
    );

it("reads the official rule as iptables-save prints it, and no other table", () => {
    const text = "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE";
    expect(parseNatRules(table(text))).toEqual([
        {
            text,
            chain: "POSTROUTING",
            target: "MASQUERADE",
            sources: ["192.168.20.128/25"],
            virtualAddress: "192.168.20.1",
            matchesIpvs: true,
            negated: false,
        },
    ]);
});

it("leaves ports out of translated addresses, and is not confused by comments", () => {
    const [dnat, snat] = parseNatRules(
        table(
            '-A PREROUTING -d 192.168.20.1/32 -p tcp -m comment --comment "to -s a ! node" -m tcp --dport 80 -j DNAT --to-destination 192.168.20.130:80',
            "-A POSTROUTING ! -s 192.168.20.0/25 -j SNAT --to-source 192.168.20.254:1024-2048",
        ),
    );
    expect(dnat).toMatchObject({ toDestination: "192.168.20.130", sources: undefined, negated: false });
    expect(snat).toMatchObject({ toSource: "192.168.20.254", negated: true });
});

it("finds nothing without a table nat", () => {
    expect(parseNatRules("")).toEqual([]);
});

it("recognizes a rule that was written by hand", () => {
    const [live] = parseNatRules(table("-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j REDIRECT"));
    const byHand = parseNatRules(table("-A PREROUTING -d 192.168.20.1 -p tcp --dport 80 -j REDIRECT"));
    const other = parseNatRules(table("-A PREROUTING -d 192.168.20.1 -p tcp --dport 443 -j REDIRECT"));
    expect(live && isAmong(live, byHand)).toBe(true);
    expect(live && isAmong(live, other)).toBe(false);
});

describe("rules of nftables", () => {
    const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
    const saddr = (right: unknown, op?: string) => match({ payload: { protocol: "ip", field: "saddr" } }, right, op);
    const daddr = (right: unknown) => match({ payload: { protocol: "ip", field: "daddr" } }, right);
    const kubernetes = { prefix: { addr: "192.168.20.128", len: 25 } };
    const rulesOf = (rules: object[], { table: name = "mine", chain = "post" } = {}) =>
        parseNatListings({
            iptablesNft: "",
            iptablesLegacy: "",
            nftables: JSON.stringify({
                nftables: [
                    { metainfo: { version: "1.1.3" } },
                    { chain: { family: "ip", table: name, name: "post", type: "nat", hook: "postrouting", prio: 100 } },
                    ...rules.map((expr) => ({ rule: { family: "ip", table: name, chain, handle: 1, expr } })),
                ],
            }),
        });

    it("are read from tables and chains of any name", () => {
        const rule = [
            saddr(kubernetes),
            match({ meta: { key: "oifname" } }, "eth1"),
            daddr({ set: ["192.168.20.130", "192.168.20.131"] }),
            { masquerade: null },
        ];
        for (const name of ["mine", "nat"]) {
            expect(rulesOf([rule], { table: name })).toMatchObject([
                {
                    chain: "POSTROUTING",
                    target: "MASQUERADE",
                    sources: ["192.168.20.128/25"],
                    destinations: ["192.168.20.130", "192.168.20.131"],
                    outInterfaces: ["eth1"],
                    negated: false,
                },
            ]);
        }
    });

    it("are read with their new address, jumps and negations", () => {
        expect(rulesOf([[saddr(kubernetes, "!="), { snat: { addr: "192.168.20.254", port: 1 } }]])).toMatchObject([
            { target: "SNAT", toSource: "192.168.20.254", negated: true },
        ]);
        expect(rulesOf([[{ jump: { target: "other" } }]])).toMatchObject([{ target: "ip mine other" }]);
        expect(rulesOf([[{ masquerade: null }]], { chain: "other" })).toMatchObject([{ chain: "ip mine other" }]);
    });

    it("are not those that iptables-save prints", () => {
        expect(rulesOf([[saddr(kubernetes), { xt: { type: "target", name: "MASQUERADE" } }]])).toEqual([]);
    });

    it("leave conditions out that they do not describe", () => {
        expect(
            rulesOf([[saddr("@nodes"), match({ ct: { key: "state" } }, "new"), { masquerade: null }]]),
        ).toMatchObject([{ sources: ["@nodes"], destinations: undefined }]);
    });
});

it("reads rules of all three programs", () => {
    const rule = (chain: string) => table(`-A ${chain} -j MASQUERADE`);
    const listings = { iptablesNft: rule("POSTROUTING"), iptablesLegacy: rule("LEGACY"), nftables: "nft: not found" };
    expect(parseNatListings(listings).map(({ chain }) => chain)).toEqual(["POSTROUTING", "LEGACY"]);
});
