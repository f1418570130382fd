import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { documentExitCodes } from "../lib/document-exit-codes";
import { seconds } from "../lib/seconds";
import { withLab } from "../lib/with-lab";
import { explain } from "./explain";
import { explanationSvg } from "./explanation-svg";
import { explanationText } from "./explanation-text";

/** Adds `lab explain`. */
export function addExplainCommand(program: Command): void {
    const command = program
        .command("explain")
        .summary("capture live packets and show how the reply to the self check bypasses lb")
        .description("capture a self check and a request from host, and show the path of each segment and of its reply")
        .option("--svg <file>", "also draw the paths in an SVG file")
        .option("--deadline <seconds>", "time for the packets to appear", seconds, 180)
        .action(({ svg, deadline }: { svg?: string; deadline: number }) =>
            withLab(program.opts().stack, async (machines, stack) => {
                const start = Date.now();
                const progress = (message: string) =>
                    console.error(`[${String(Math.round((Date.now() - start) / 1000)).padStart(3)} s] ${message}`);
                const explanation = await explain(machines, stack, { deadline, progress });
                const plan = addressPlan(stack.network);
                console.log(explanationText(explanation, plan));
                if (svg) {
                    await writeFile(svg, explanationSvg(explanation, plan));
                    console.error(`Wrote ${svg}`);
                }
                return 0;
            }),
        );
    documentExitCodes(command, { 0: "both requests were captured", 1: "a request was not captured" });
}
