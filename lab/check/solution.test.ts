import { expect, it } from "vitest";
import { solutionsIn } from "./solution";

const lab = { vip: "192.168.20.1", domain: "ictsc.test" };
const hairpin = "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE";

it("sees nothing on a fresh lab", () => {
    expect(solutionsIn("0\n-P PREROUTING ACCEPT", ".:53 {\n}", lab)).toEqual([]);
});

it.each([
    ["hairpin NAT on lb", `1\n${hairpin}`, ""],
    [
        "DNAT on lb to a node",
        "0\n-A PREROUTING -d 192.168.20.1/32 -p tcp --dport 80 -j DNAT --to-destination 192.168.20.130",
        "",
    ],
    ["reverse proxy on lb", "0\n-A PREROUTING -d 192.168.20.1/32 -p tcp --dport 80 -j REDIRECT --to-ports 8080", ""],
    ["CoreDNS answering for the site", "0", "hosts {\n 10.244.1.5 www.ictsc.test\n}"],
])("sees %s", (name, rules, corefile) => {
    expect(solutionsIn(rules, corefile, lab)).toEqual([name]);
});

it("does not take the rule without the sysctl for hairpin NAT", () => {
    expect(solutionsIn(`0\n${hairpin}`, "", lab)).toEqual([]);
});
