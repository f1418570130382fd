import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { seconds } from "../lib/seconds";
import type { Machines } from "../lib/ssh";
import type { LabStack } from "../lib/stack";
import { withLab } from "../lib/with-lab";
import type { CheckResult } from "./check";
import { runChecks } from "./checks";
import { exitCodeOf } from "./judge";
import { judgeReboot } from "./reboot";
import { exitCodeOfReport, reportJson, reportTable } from "./report";
import { recognizeSolutions } from "./solution";

/** Seconds between two rounds of checks. */
const retryDelay = 10;

interface CheckOptions {
    json?: boolean;
    reboot?: boolean;
    deadline: number;
}

/** Adds `lab check`. */
export function addCheckCommand(program: Command): void {
    program
        .command("check")
        .description(
            "decide from outside whether the problem is solved\n" +
                "Exit code: 0 solved, 1 not solved, 2 a constraint is broken, 3 the lab can't be reached or judged.",
        )
        .option("--json", "every check with its evidence, for machines")
        .option("--reboot", "reboot lb as well, and judge whether the solution survives; 0 then wants both")
        .option("--deadline <seconds>", "how long to wait for what needs time; 0 judges once", seconds, 60)
        .action(({ json, reboot, deadline }: CheckOptions) =>
            withLab(program.opts().stack, async (machines, stack) => {
                const checks = await checkUntil(machines, stack, deadline);
                const report = {
                    checks,
                    solutions: await recognizeSolutions(machines, stack),
                    persistence: reboot ? await judgeReboot(machines, stack, say) : undefined,
                };
                console.log(json ? reportJson(report) : reportTable(report));
                return exitCodeOfReport(report);
            }),
        );
}

/** Progress goes beside the result. */
function say(progress: string): void {
    console.error(progress);
}

/** Checks until the problem is solved, a constraint is broken, or the deadline (seconds) is over. */
async function checkUntil(machines: Machines, stack: LabStack, deadline: number): Promise<CheckResult[]> {
    const end = Date.now() + deadline * 1000;
    say("Looking at the page, the certificate, host, keepalived and what the manifests deployed");
    for (;;) {
        const results = await runChecks(machines, stack);
        if (exitCodeOf(results) !== 1 || Date.now() > end) {
            return results;
        }
        const open = results.filter(({ verdict }) => verdict === "unsolved").map(({ name }) => name);
        say(`Not solved yet (${open.join(", ")}); ${Math.max(0, Math.ceil((end - Date.now()) / 1000))} s left.`);
        await setTimeout(retryDelay * 1000);
    }
}
