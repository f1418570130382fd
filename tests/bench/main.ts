/** `make bench`: measures the stages of a lab's life in a separate cell, and compares them with an earlier run. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { repositoryRoot } from "../../infra/config/config-files";
import { capacity, requireCapacity } from "../../lab/cell/capacity";
import { CellError } from "../../lab/cell/cell";
import { failureExitCode } from "../../lab/lib/exit-codes";
import { currentKey } from "../../lab/template/current-key";
import { openBenchLab, stack } from "./bench-lab";
import { Meter } from "./meter";
import { increases, report } from "./report";
import { type BenchResult, conditions, readResult } from "./result";
import { runStage, StageError } from "./run-stage";
import { stagesOf } from "./stages";

const folder = join(repositoryRoot, ".lab");
const logFile = join(folder, "bench.log");

const rounded = (_: string, value: unknown) => (typeof value === "number" ? Math.round(value * 100) / 100 : value);

/** Measures all stages. Whether they succeed, fail or are interrupted, the lab is removed at the end. */
async function measure(signal: AbortSignal): Promise<BenchResult> {
    const lab = await openBenchLab();
    try {
        await lab.empty();
        const key = await currentKey(stack);
        requireCapacity(await capacity(), { accelerator: key.accelerator, fromTemplate: false });
        const result: BenchResult = { ...(await conditions(key)), stages: [] };
        const meter = new Meter();
        const log = (line: string) => appendFileSync(logFile, `${line}\n`);
        for (const stage of stagesOf(stack)) {
            console.error(stage.name);
            if (stage.withoutLab) {
                await lab.empty();
            }
            result.stages.push(...(await runStage(stage, { meter, log, signal })));
        }
        return result;
    } finally {
        console.error("Removing the benchmark's lab");
        await lab.remove();
    }
}

async function main(): Promise<number> {
    const program = new Command("make bench")
        .option("--json <file>", "where the figures are written", join(folder, "bench.json"))
        .option("--baseline <file>", "figures of an earlier run; exit code 1 when a stage uses over 10 % more CPU");
    const { json, baseline: baselineFile } = program.parse().opts<{ json: string; baseline?: string }>();
    const abort = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => abort.abort());
    }
    try {
        const baseline = baselineFile === undefined ? undefined : readResult(baselineFile);
        writeFileSync(logFile, "");
        const result = await measure(abort.signal);
        writeFileSync(json, `${JSON.stringify(result, rounded, 2)}\n`);
        console.log(report(result, baseline));
        return baseline !== undefined && increases(result, baseline).length > 0 ? 1 : 0;
    } catch (error) {
        if (abort.signal.aborted) {
            console.error("The benchmark was interrupted.");
        } else if (error instanceof StageError) {
            console.error(`${error.message}\nOutput of all commands: ${logFile}`);
        } else if (error instanceof CellError) {
            console.error(error.message);
        } else {
            throw error;
        }
        return failureExitCode;
    }
}

main().then((exitCode) => {
    process.exitCode = exitCode;
});
