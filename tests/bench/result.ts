import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { z } from "zod";
import { repositoryRoot } from "../../infra/config/config-files";
import { CellError } from "../../lab/cell/cell";
import { succeed } from "../../lab/cell/run";
import { parseJson } from "../../lab/lib/json";
import type { TemplateKey } from "../../lab/template/key";

const stageSchema = z.object({
    name: z.string(),
    /** Seconds from the stage's start. */
    wall: z.number(),
    /** CPU seconds of QEMU, by machine. */
    guestCpu: z.record(z.string(), z.number()),
    /** CPU seconds of the benchmark, the commands that it runs, and libvirt in the cell. */
    hostCpu: z.number(),
    /** MiB of memory of the cell's processes at the end. */
    memory: z.number(),
    /** MiB of disk of the cell at the end, without files that it shares with the image or a template. */
    disk: z.number(),
});

export type StageResult = z.output<typeof stageSchema>;

const resultSchema = z.object({
    /** ISO 8601. */
    date: z.string(),
    revision: z.string(),
    accelerator: z.string(),
    processors: z.number(),
    versions: z.record(z.string(), z.string()),
    stages: z.array(stageSchema),
});

/** The figures of one run and its conditions. */
export type BenchResult = z.output<typeof resultSchema>;

/** The conditions of a run on this machine. */
export async function conditions({ accelerator, QEMU, libvirt }: TemplateKey): Promise<Omit<BenchResult, "stages">> {
    const git = ["git", "-C", repositoryRoot, "describe", "--always", "--dirty", "--exclude=*"];
    const programs = { QEMU, libvirt, "Node.js": process.version, Pulumi: await succeed(["pulumi", "version"]) };
    const versions = Object.entries(programs).map(([name, text = ""]) => [name, /\d+(\.\d+)+/.exec(text)?.[0] ?? text]);
    return {
        date: new Date().toISOString(),
        revision: (await succeed(git).catch(() => "unknown")).trim(),
        accelerator,
        processors: availableParallelism(),
        versions: Object.fromEntries(versions),
    };
}

/** Reads the file of an earlier run. @throws CellError when there is none or it contains anything else */
export function readResult(file: string): BenchResult {
    let text = "";
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw new CellError(`${(error as Error).message}. Measure the baseline first: make bench JSON=${file}`);
    }
    const { data } = resultSchema.safeParse(parseJson(text));
    if (data === undefined) {
        throw new CellError(`${file} contains no figures of a benchmark. Measure them again: make bench JSON=${file}`);
    }
    return data;
}
