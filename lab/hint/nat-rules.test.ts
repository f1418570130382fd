import { expect, it } from "vitest";
import { isAmong, parseNatRules } from "./nat-rules";

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
            source: "192.168.20.128/25",
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
    expect(dnat).toMatchObject({ toDestination: "192.168.20.130", source: undefined, negated: false });
    expect(snat).toMatchObject({ toSource: "192.168.20.254", negated: true });
});

it("finds nothing where there is no table nat", () => {
    expect(parseNatRules("")).toEqual([]);
});

it("knows a rule again that was written by hand", () => {
    const [live] = parseNatRules(table("-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80 -j REDIRECT"));
    const byHand = parseNatRules(table("-A PREROUTING -d 192.168.20.1 -p tcp --dport 80 -j REDIRECT"));
    const other = parseNatRules(table("-A PREROUTING -d 192.168.20.1 -p tcp --dport 443 -j REDIRECT"));
    expect(live && isAmong(live, byHand)).toBe(true);
    expect(live && isAmong(live, other)).toBe(false);
});
