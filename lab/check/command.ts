import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import type { Machines } from "../ssh";
import type { LabStack } from "../stack";
import { withLab } from "../with-lab";
import { type CheckResult, runChecks } from "./checks";
import { exitCodeOf } from "./judge";
import { recognizeSolutions } from "./solution";

/** Seconds between two rounds of checks. */
const retryDelay = 10;

/** Adds `lab check`. */
export function addCheckCommand(program: Command): void {
    program
        .command("check")
        .description(
            "decide whether the problem is solved; exit code 0 solved, 1 not solved, 2 constraint broken, 3 not judged",
        )
        .option("--json", "every check with its evidence")
        .option("--deadline <seconds>", "how long to wait for what needs time", "0")
        .action(({ json, deadline }: { json?: boolean; deadline: string }) =>
            withLab(program.opts().stack, async (machines, stack) => {
                const checks = await checkUntil(machines, stack, Number(deadline));
                const solutions = await recognizeSolutions(machines, stack);
                const exitCode = exitCodeOf(checks);
                const verdict = ["solved", "not solved", "constraint broken"][exitCode];
                if (json) {
                    console.log(JSON.stringify({ verdict, solutions, checks }, null, 2));
                } else {
                    for (const { name, verdict, reason } of checks) {
                        console.log(`${name.padEnd(22)} ${verdict.padEnd(18)} ${reason}`);
                    }
                    console.log(`\n${verdict}${solutions.length > 0 ? ` (seen: ${solutions.join(", ")})` : ""}`);
                }
                return exitCode;
            }),
        );
}

/** Checks until the problem is solved, a constraint is broken, or the deadline (seconds) is over. */
async function checkUntil(machines: Machines, stack: LabStack, deadline: number): Promise<CheckResult[]> {
    const end = Date.now() + deadline * 1000;
    for (;;) {
        const results = await runChecks(machines, stack);
        if (exitCodeOf(results) !== 1 || Date.now() > end) {
            return results;
        }
        const open = results.filter(({ verdict }) => verdict === "unsolved").map(({ name }) => name);
        console.error(`Not solved yet (${open.join(", ")}); ${Math.ceil((end - Date.now()) / 1000)} s left.`);
        await setTimeout(retryDelay * 1000);
    }
}
