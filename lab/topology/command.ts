import type { Command } from "commander";
import { addressPlan, defaultNetwork } from "../../infra/config/address-plan";
import { documentExitCodes } from "../lib/document-exit-codes";
import { topologySvg } from "./topology-svg";

/** Adds `lab topology`. */
export function addTopologyCommand(program: Command): void {
    const command = program
        .command("topology")
        .summary("print the topology as an SVG picture")
        .description("Print the topology as an SVG picture, drawn from the address plan.")
        .option("--network <cidr>", "the lab's /24", defaultNetwork)
        .action(({ network }: { network: string }) => {
            process.stdout.write(topologySvg(addressPlan(network)));
        });
    documentExitCodes(command, { 0: "the picture was printed" });
}
