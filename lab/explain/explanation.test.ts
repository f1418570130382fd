import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { explanationSvg } from "./explanation-svg";
import { explanationText } from "./explanation-text";
import { brokenLab, brokenLabWithDrop, solvedLab } from "./fixtures/captures";

const plan = addressPlan();

describe("explanationText", () => {
    it("shows the path of each segment on the broken lab", async () => {
        await expect(explanationText(brokenLab(), plan)).toMatchFileSnapshot("fixtures/broken-lab.txt");
    });

    it("names hairpin NAT on the solved lab", () => {
        const text = explanationText(solvedLab(), plan);
        expect(text).toContain("new source: hairpin NAT; new destination: IPVS");
        expect(text).toContain("Hairpin NAT: lb replaces the source 192.168.20.130 with 192.168.20.254");
        expect(text).toContain("Substitute for the self check from cert-manager's pod on k8s-worker1 to the VIP");
        expect(text).not.toContain("bypasses");
    });

    it("names the reason for a SYN that returns to its node", () => {
        const text = explanationText(brokenLabWithDrop(), plan);
        expect(text).toContain("=> there is no reply");
        expect(text).toContain("accept_local");
    });
});

describe("explanationSvg", () => {
    it("equals docs/explain.svg; write it with: npm test -- --update lab/explain", async () => {
        const path = join(repositoryRoot, "docs", "explain.svg");
        await expect(explanationSvg(brokenLab(), plan)).toMatchFileSnapshot(path);
    });

    it("marks the place where a segment is dropped", () => {
        expect(explanationSvg(brokenLab(), plan)).toContain("✗ sends RST");
        expect(explanationSvg(brokenLabWithDrop(), plan)).toContain("✗ no reply");
        expect(explanationSvg(solvedLab(), plan)).not.toContain("✗");
    });
});
