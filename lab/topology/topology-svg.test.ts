import { join } from "node:path";
import { expect, it } from "vitest";
import { addressPlan } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { topologySvg } from "./topology-svg";

it("equals docs/topology.svg; write it with: npm test -- --update lab/topology", async () => {
    await expect(topologySvg(addressPlan())).toMatchFileSnapshot(join(repositoryRoot, "docs", "topology.svg"));
});

it("shows every machine's address of another network", () => {
    const plan = addressPlan("10.1.2.0/24");
    const svg = topologySvg(plan);
    for (const address of [...Object.values(plan.machines), plan.clusterGateway]) {
        expect(svg).toContain(address);
    }
});
