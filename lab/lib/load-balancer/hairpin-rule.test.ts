import { describe, expect, it } from "vitest";
import { addressPlan } from "../../../infra/config/address-plan";
import { hairpinFault, hairpinRules } from "./hairpin-rule";
import { parseNatRules } from "./nat-rules";

const faultOf = (...texts: string[]) => {
    const rules = parseNatRules(`*nat\n${texts.join("\n")}\nCOMMIT\n`);
    const [rule] = hairpinRules(rules);
    return rule && hairpinFault(rule, rules, addressPlan());
};

describe("hairpinFault", () => {
    it.each([
        "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE",
        "-A POSTROUTING -m ipvs --vaddr 192.168.20.1/32 --vport 80 -j MASQUERADE",
        "-A POSTROUTING -s 192.168.20.0/24 -m ipvs --ipvs -j SNAT --to-source 192.168.20.254",
        "-A POSTROUTING -s 192.168.20.128/25 -d 192.168.20.128/25 -o eth1 -j MASQUERADE",
        "-A POSTROUTING ! -s 192.168.20.0/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE",
        "-A POSTROUTING -o eth+ -j MASQUERADE",
        "-A POSTROUTING -m ipvs --vdir ORIGINAL --vmethod MASQ -j MASQUERADE",
    ])("finds nothing wrong with %s", (rule) => {
        expect(faultOf(rule)).toBeUndefined();
    });

    it.each([
        ["chain", "-A INPUT -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j SNAT --to-source 192.168.20.254"],
        ["chain", "-A HAIRPIN -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE"],
        ["virtual-address", "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.254 -j MASQUERADE"],
        ["virtual-address", "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.128/25 -j MASQUERADE"],
        ["source", "-A POSTROUTING -s 192.168.20.0/25 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE"],
        ["source", "-A POSTROUTING -s 10.244.0.0/16 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE"],
        ["source", "-A POSTROUTING -s 192.168.20.130/32 -m ipvs --vaddr 192.168.20.1 -j MASQUERADE"],
        ["destination", "-A POSTROUTING -s 192.168.20.128/25 -d 192.168.20.1/32 -j MASQUERADE"],
        ["interface", "-A POSTROUTING -s 192.168.20.128/25 -o eth0 -j MASQUERADE"],
        ["target", "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j ACCEPT"],
        ["target", "-A POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1 -j SNAT --to-source 192.168.20.9"],
    ])("finds the %s wrong in %s", (fault, rule) => {
        expect(faultOf(rule)).toBe(fault);
    });

    it("follows POSTROUTING into a user-defined chain", () => {
        expect(
            faultOf(
                "-A HAIRPIN -m ipvs --vaddr 192.168.20.1 -j MASQUERADE",
                "-A POSTROUTING -s 192.168.20.128/25 -j HAIRPIN",
            ),
        ).toBeUndefined();
    });
});

it("does not take rules for hairpin NAT that translate destinations", () => {
    expect(
        faultOf("-A PREROUTING -d 192.168.20.1/32 -p tcp --dport 80 -j DNAT --to-destination 192.168.20.130"),
    ).toBeUndefined();
});
