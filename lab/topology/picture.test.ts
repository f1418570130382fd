import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { topologySvg } from "./picture";

it("is what the documents show; make it anew with: lab topology > docs/topology.svg", () => {
    expect(readFileSync(join(repositoryRoot, "docs", "topology.svg"), "utf8")).toBe(topologySvg(addressPlan()));
});

it("shows every machine's address of another network", () => {
    const plan = addressPlan("10.1.2.0/24");
    const svg = topologySvg(plan);
    for (const address of [...Object.values(plan.machines), plan.kubernetesGateway]) {
        expect(svg).toContain(address);
    }
});
