import { expect, it } from "vitest";
import { solutionsIn } from "./solution";

const vip = "192.168.20.1";
const hairpin = "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE";
const toVip = "-A PREROUTING -d 192.168.20.1/32 -p tcp -m tcp --dport 80";

it("sees nothing on a fresh lab", () => {
    expect(solutionsIn("0\n-P PREROUTING ACCEPT", vip, { vip })).toEqual([]);
});

it.each([
    ["hairpin NAT on lb", `1\n${hairpin}`, vip],
    ["DNAT on lb to a node", `0\n${toVip} -j DNAT --to-destination 192.168.20.130`, vip],
    ["reverse proxy on lb", `0\n${toVip} -j REDIRECT --to-ports 8080`, vip],
    ["reverse proxy on lb", `0\n${toVip} -j DNAT --to-destination 192.168.20.1:8080`, vip],
    ["CoreDNS answering for the site", "0", "10.244.1.5"],
])("sees %s", (name, rules, resolved) => {
    expect(solutionsIn(rules, resolved, { vip })).toEqual([name]);
});

it("does not take the rule without the sysctl for hairpin NAT, nor silence for another answer", () => {
    expect(solutionsIn(`0\n${hairpin}`, "", { vip })).toEqual([]);
});
