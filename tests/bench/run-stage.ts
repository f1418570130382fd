import { join } from "node:path";
import { createInterface } from "node:readline";
import { repositoryRoot } from "../../infra/config/config-files";
import { Cell } from "../../lab/cell/cell";
import { kill } from "../../lab/cell/process";
import { type Ended, start } from "../start";
import { stack } from "./bench-lab";
import { difference, diskOf, type Meter } from "./meter";
import { readProcesses, treeOf } from "./processes";
import type { StageResult } from "./result";
import type { Moment, Stage, StageCommand } from "./stages";

/** Milliseconds between two readings, because a QEMU that ends counts up to the last one. */
const interval = 500;

/** A command failed. The message contains it and its last lines. */
export class StageError extends Error {}

export interface RunOptions {
    meter: Meter;
    /** Receives each line of output. */
    log: (line: string) => void;
    /** Kills the command. */
    signal: AbortSignal;
}

/**
 * Runs a stage and measures it.
 *
 * @returns a result for each moment, else one for the end. All count from the stage's start
 * @throws StageError for another exit code than the expected one, or a moment that is missing
 */
export async function runStage(stage: Stage, { meter, log, signal }: RunOptions): Promise<StageResult[]> {
    const [began, before] = [performance.now(), meter.read(stack)];
    const measure = (name: string): StageResult => {
        const wall = (performance.now() - began) / 1000;
        return { name, wall, ...difference(meter.read(stack), before), disk: diskOf(Cell.of(stack)?.folder) };
    };
    const results: StageResult[] = [];
    const findMoments = momentFinder(stage.moments ?? [], (name) => results.push(measure(name)));
    const read = (line: string) => {
        log(line);
        findMoments(line);
    };
    const timer = setInterval(() => meter.read(stack), interval);
    try {
        for (const command of stage.commands) {
            log(`$ ${command.line}`);
            await runCommand(command, read, signal);
        }
    } finally {
        clearInterval(timer);
    }
    if (results.length < (stage.moments?.length ?? 0)) {
        throw new StageError(`${stage.name}: the output lacks the lines of some moments.`);
    }
    return stage.moments === undefined ? [measure(stage.name)] : results;
}

/** A function for each line of output, which calls `reach` when the last line of a moment was there. */
export function momentFinder(moments: readonly Moment[], reach: (name: string) => void): (line: string) => void {
    const left = new Map(moments.map((moment) => [moment, moment.count ?? 1]));
    return (line) => {
        for (const [moment, count] of left) {
            if (moment.pattern.test(line)) {
                left.set(moment, count - 1);
                if (count === 1) {
                    reach(moment.name);
                }
            }
        }
    };
}

async function runCommand(
    { line, exitCode: expected = 0, deadline = 0 }: StageCommand,
    read: (line: string) => void,
    signal: AbortSignal,
): Promise<void> {
    const end = performance.now() + deadline * 1000;
    let { exitCode, all } = await run(line, read, signal);
    while (exitCode !== expected && performance.now() < end) {
        ({ exitCode, all } = await run(line, read, signal));
    }
    if (exitCode !== expected) {
        const lines = all.trimEnd().split("\n").slice(-20).join("\n");
        throw new StageError(`${line}: exit code ${exitCode} instead of ${expected}\n${lines}`);
    }
}

/** Runs a command; an abort kills it with its descendants. */
async function run(line: string, read: (line: string) => void, signal: AbortSignal): Promise<Ended> {
    signal.throwIfAborted();
    const [program = "", ...args] = line.split(" ");
    const { child, ended } = start(join(repositoryRoot, program), args);
    for (const input of [child.stdout, child.stderr]) {
        createInterface({ input }).on("line", read);
    }
    // Parents first, so that they start no others.
    const killAll = () => treeOf(child.pid, readProcesses()).forEach(({ pid }) => void kill(pid));
    signal.addEventListener("abort", killAll);
    const result = await ended.finally(() => signal.removeEventListener("abort", killAll));
    signal.throwIfAborted();
    return result;
}
