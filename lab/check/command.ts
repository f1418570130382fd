import type { Command } from "commander";
import { documentExitCodes } from "../lib/document-exit-codes";
import { print } from "../lib/print";
import { printable } from "../lib/printable";
import { seconds } from "../lib/seconds";
import { withLab } from "../lib/with-lab";
import { bundleTarget, readBundle, writeBundle } from "./bundle";
import { evaluate } from "./evaluate";
import { checkUntil, type LabCheck } from "./lab-check";
import { rebootLoadBalancer } from "./reboot";
import { exitCodeOfReport, type Report, reportJson, reportTable } from "./report";
import { solutionsIn } from "./solution";

/** Seconds for lb's services to start after its reboot, when the check's deadline is shorter. */
const settleDeadline = 120;

interface CheckOptions {
    json?: boolean;
    reboot?: boolean;
    deadline: number;
    bundle?: string;
    from?: string;
}

/** Adds `lab check`. */
export function addCheckCommand(program: Command): void {
    const command = program
        .command("check")
        .description("grade the lab: end state, constraints and the solution in use")
        .option("--json", "print every check with its evidence as JSON")
        .option("--reboot", "also reboot lb and repeat all checks; exit code 0 then requires both")
        .option("--deadline <seconds>", "time for the end state to appear; 0 checks once", seconds, 60)
        .option("--bundle <file>", "write the evidence to a file")
        .option("--from <file>", "evaluate the evidence in a file of --bundle; needs no lab")
        .action((options: CheckOptions) => {
            if (options.from !== undefined) {
                return reportFrom(options.from, options);
            }
            if (options.bundle !== undefined) {
                // Now, because the examination and the reboot take minutes.
                bundleTarget(options.bundle);
            }
            return withLab(program.opts().stack, async (machines, outputs, stack) => {
                const { deadline } = options;
                log("Examining the machines and the cluster");
                const first = await checkUntil(machines, { outputs, stack, deadline }, log);
                let afterReboot: LabCheck | undefined;
                if (options.reboot) {
                    await rebootLoadBalancer(machines, log);
                    const longer = Math.max(deadline, settleDeadline);
                    afterReboot = await checkUntil(machines, { outputs, stack, deadline: longer }, log);
                }
                return report(reportOf(first, afterReboot), options);
            });
        });
    documentExitCodes(command, {
        0: "solved",
        1: "not solved",
        2: "a constraint of the problem is broken",
        3: "the lab does not respond, or evidence is missing",
    });
}

function reportOf(first: LabCheck, afterReboot?: LabCheck): Report {
    return { ...first, solutions: solutionsIn(first.evidence), ...(afterReboot ? { afterReboot } : {}) };
}

async function reportFrom(file: string, options: CheckOptions): Promise<void> {
    if (options.reboot || options.bundle !== undefined) {
        throw new Error("--from evaluates a file, and --reboot and --bundle need a lab. Remove one of the options.");
    }
    const { evidence, afterReboot } = readBundle(file);
    const check = (evidence: LabCheck["evidence"]): LabCheck => ({ evidence, outcomes: evaluate(evidence) });
    process.exitCode = await report(reportOf(check(evidence), afterReboot && check(afterReboot)), options);
}

async function report(result: Report, { json, bundle }: CheckOptions): Promise<number> {
    if (bundle !== undefined) {
        const { evidence, outcomes, afterReboot } = result;
        writeBundle(
            bundle,
            { evidence, ...(afterReboot ? { afterReboot: afterReboot.evidence } : {}) },
            { before: outcomes, ...(afterReboot ? { afterReboot: afterReboot.outcomes } : {}) },
        );
        log(`Wrote the evidence. Evaluate it again: lab check --from ${bundle}`);
    }
    await print(json ? reportJson(result) : reportTable(result));
    return exitCodeOfReport(result);
}

/** Progress, on standard error. */
function log(line: string): void {
    console.error(printable(line));
}
