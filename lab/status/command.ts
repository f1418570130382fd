import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { withLab } from "../with-lab";
import { statusText } from "./screen";

/** Seconds between two screens of `--watch`. */
const watchDelay = 10;

/** Adds `lab status`. */
export function addStatusCommand(program: Command): void {
    program
        .command("status")
        .description("machines, cluster, certificate, challenge and real servers on one screen")
        .option("--watch", `again every ${watchDelay} seconds`)
        .action(({ watch }: { watch?: boolean }) =>
            withLab(program.opts().stack, async (machines, stack) => {
                do {
                    const text = await statusText(machines, stack);
                    if (watch) {
                        console.clear();
                    }
                    console.log(text);
                } while (watch && (await setTimeout(watchDelay * 1000, true)));
                return 0;
            }),
        );
}
