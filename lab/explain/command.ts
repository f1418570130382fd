import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { seconds } from "../lib/seconds";
import { withLab } from "../lib/with-lab";
import { explain, NothingSeenError } from "./explain";
import { explanationSvg } from "./picture";
import { explanationText } from "./text";

/** Adds `lab explain`. */
export function addExplainCommand(program: Command): void {
    program
        .command("explain")
        .description(
            "capture a self check and a request from host, and show hop by hop where their answers go\n" +
                "Exit code: 0 shown, 1 nothing was seen to show, 3 the lab can't be reached.",
        )
        .option("--svg <file>", "draw it as well, into this file")
        .option("--deadline <seconds>", "how long to wait for the packets", seconds, 180)
        .action(({ svg, deadline }: { svg?: string; deadline: number }) =>
            withLab(program.opts().stack, async (machines, stack) => {
                const start = Date.now();
                const progress = (message: string) =>
                    console.error(`[${String(Math.round((Date.now() - start) / 1000)).padStart(3)} s] ${message}`);
                try {
                    const explanation = await explain(machines, stack, { deadline, progress });
                    const plan = addressPlan(stack.network);
                    console.log(explanationText(explanation, plan));
                    if (svg) {
                        await writeFile(svg, explanationSvg(explanation, plan));
                        console.error(`Drawn: ${svg}`);
                    }
                    return 0;
                } catch (error) {
                    if (!(error instanceof NothingSeenError)) {
                        throw error;
                    }
                    console.error(error.message);
                    return 1;
                }
            }),
        );
}
