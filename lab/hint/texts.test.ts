import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { hintText } from "./command";
import { type Hint, type HintName, hintNames } from "./hint";
import { hintSteps, languages } from "./texts";

/** The details of each hint, in addition to the lab's addresses. */
const details: Partial<Record<HintName, string[]>> = {
    "machines-silent": ["machines"],
    "api-server-down": ["reason"],
    "constraint-broken": ["constraint", "reason"],
    "nodes-not-ready": ["nodes"],
    "workloads-not-ready": ["workloads"],
    "real-servers-missing": ["services"],
    "acme-server-down": ["units"],
    "issuer-not-ready": ["reason"],
    "path-partly": ["passing", "failing", "reason"],
    "another-response": ["address", "status"],
    "dns-not-answering": ["resolved"],
    "proxy-bypassed": ["proxies"],
    "rule-wrong-chain": ["rule"],
    "rule-wrong-target": ["rule"],
    "rule-wrong-virtual-address": ["rule"],
    "rule-wrong-source": ["rule"],
    "rule-wrong-destination": ["rule"],
    "rule-wrong-interface": ["rule"],
    "order-failed": ["reason"],
    "certificate-waiting": ["reason"],
    "page-missing": ["reason"],
    "not-evaluated": ["check", "reason"],
    "check-unsolved": ["check", "reason"],
};
const sample = (name: HintName): Hint => ({
    name,
    details: Object.fromEntries((details[name] ?? []).map((detail) => [detail, `<${detail}>`])),
});

describe.each(languages)("the texts in %s", (language) => {
    it.each(hintNames)("have three steps for %s, with all of its details", (name) => {
        const steps = hintSteps(sample(name), language, addressPlan("192.168.77.0/24"));
        expect(steps).toHaveLength(3);
        const text = steps.join("\n");
        for (const detail of details[name] ?? []) {
            expect(text).toContain(`<${detail}>`);
        }
        expect(text).not.toContain("192.168.20.");
        expect(text).not.toContain("$" + "{");
    });
});

it("requests no setting that exists", () => {
    for (const language of languages) {
        const steps = (name: HintName) => hintSteps(sample(name), language, addressPlan()).join("\n");
        expect(steps("rule-missing")).not.toContain("sysctl -w");
        expect(steps("sysctl-missing")).not.toContain("iptables -t nat -A");
        expect(steps("rules-not-persistent")).not.toMatch(/sysctl|-A POSTROUTING/);
        expect(steps("persistence-unknown")).toContain("lab check --reboot");
    }
});

describe("hintText", () => {
    const steps = ["one", "two", "three"];

    it("shows the requested steps only, and the command for the next one", () => {
        expect(hintText(steps, 1, "en")).toBe("1. Where to look\none\n\nNext step: lab hint --step 2");
        expect(hintText(steps, 2, "ja")).toBe(
            "1. どこを見るか\none\n\n2. 何を意味するか\ntwo\n\n次の段階: lab hint --step 3 --lang ja",
        );
        expect(hintText(steps, 3, "en")).toMatch(/3\. Action\nthree\n$/);
    });
});
