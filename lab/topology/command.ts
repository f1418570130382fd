import type { Command } from "commander";
import { addressPlan, defaultNetwork } from "../../infra/config/address-plan";
import { topologySvg } from "./picture";

/** Adds `lab topology`. */
export function addTopologyCommand(program: Command): void {
    program
        .command("topology")
        .description("the topology as an SVG picture, from the address plan")
        .option("--network <cidr>", "the lab's /24", defaultNetwork)
        .action(({ network }: { network: string }) => {
            process.stdout.write(topologySvg(addressPlan(network)));
        });
}
