import type { Command } from "commander";
import { addressPlan, defaultNetwork } from "../../infra/config/address-plan";
import { documentExitCodes } from "../lib/document-exit-codes";
import { topologySvg } from "./topology-svg";

/** Adds `lab topology`. */
export function addTopologyCommand(program: Command): void {
    const command = program
        .command("topology")
        .description("print the topology as an SVG picture")
        .option("--network <cidr>", "the addresses in the picture, a /24", defaultNetwork)
        .action(({ network }: { network: string }) => {
            process.stdout.write(topologySvg(addressPlan(network)));
        });
    documentExitCodes(command, { 0: "the picture was printed" });
}
