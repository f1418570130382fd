import { setTimeout } from "node:timers/promises";
import { type Command, Option } from "commander";
import { readStack, UnreachableError } from "../lib/stack";
import { unreachableExitCode } from "../lib/with-lab";
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
    program
        .command("status")
        .description("machines, cluster, certificate, challenge and real servers on one screen")
        .option("--watch", `again every ${watchDelay} seconds, until Ctrl-C`)
        .addOption(new Option("--json", "the same for machines").conflicts("watch"))
        .action((options: StatusOptions) => showStatus(program.opts().stack, options));
}

async function showStatus(stack: string | undefined, { watch, json }: StatusOptions): Promise<void> {
    const interrupted = new AbortController();
    if (watch) {
        // Not once(): execa ends the process on a signal that nobody else listens to any more.
        process.on("SIGINT", () => interrupted.abort());
    }
    const connections = new Connections();
    try {
        do {
            const read = await readStack(stack);
            const status = await readStatus(read, await connections.to(read.access));
            // Ctrl-C also ends ssh and pulumi, which are in this process group: their failure is not the lab's status.
            if (interrupted.signal.aborted) {
                return;
            }
            if (watch) {
                console.clear();
            }
            console.log(json ? JSON.stringify(status, null, 2) : screen(status));
        } while (watch && (await setTimeout(watchDelay * 1000, true, { signal: interrupted.signal })));
    } catch (error) {
        if (interrupted.signal.aborted) {
            return;
        }
        if (!(error instanceof UnreachableError)) {
            throw error;
        }
        console.error(error.message);
        process.exitCode = unreachableExitCode;
    } finally {
        await connections.close();
    }
}
