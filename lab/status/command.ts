import { setTimeout } from "node:timers/promises";
import { type Command, Option } from "commander";
import { documentExitCodes } from "../lib/document-exit-codes";
import { printableJson } from "../lib/printable";
import { readStack } from "../lib/stack";
import { Connections } from "./connections";
import { readStatus } from "./read-status";
import { screen } from "./screen";

/** Seconds between two screens of `--watch`. */
const watchDelay = 10;

interface StatusOptions {
    watch?: boolean;
    json?: boolean;
}

/** Adds `lab status`. */
export function addStatusCommand(program: Command): void {
    const command = program
        .command("status")
        .description("show machines, cluster, certificate, challenge and real servers on one screen")
        .option("--watch", `repeat every ${watchDelay} seconds until Ctrl-C`)
        .addOption(new Option("--json", "print the status as JSON").conflicts("watch"))
        .action((options: StatusOptions) => showStatus(program.opts().stack, options));
    documentExitCodes(command, { 0: "the status was shown, also that of a lab that is partly down" });
}

async function showStatus(stackName: string | undefined, { watch, json }: StatusOptions): Promise<void> {
    if (watch) {
        // The regular end of a watch. Connections and keys are removed when the process exits.
        process.once("SIGINT", () => process.exit(0));
    }
    const connections = new Connections();
    try {
        do {
            const stack = await readStack(stackName);
            const status = await readStatus(stack, await connections.to(stack.access));
            if (watch) {
                console.clear();
            }
            console.log(json ? printableJson(status) : screen(status));
        } while (watch && (await setTimeout(watchDelay * 1000, true)));
    } finally {
        await connections.close();
    }
}
