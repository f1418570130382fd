import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { type Cell, CellError, writeAtomically } from "../cell/cell";
import { type Deployment, exportStack, importStack } from "../lib/pulumi";
import { loadMachines } from "./load";
import { readSavedMachines } from "./record";
import { saveMachines } from "./save";

/** The checkpoint that `lab snapshot` and `lab reset` use without a name. */
export const defaultCheckpoint = "latest";

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/);

const recordSchema = z.object({
    /** ISO 8601. */
    created: z.string(),
    /** Digest of the state's file when it was exported; undefined with a backend that is no folder. */
    state: z.string().optional(),
    /** The stack's file; undefined when there was none. */
    settings: z.string().optional(),
});

export interface Checkpoint {
    name: string;
    created: Date;
}

/**
 * Saves the lab, in any state, as a checkpoint: machines, the stack's state and its settings. An earlier checkpoint of that
 * name stays valid until this one is complete. Cell.locked must be held.
 *
 * @throws CellError for a name that is no lower-case word
 */
export async function saveCheckpoint(cell: Cell, name: string): Promise<void> {
    if (!nameSchema.safeParse(name).success) {
        throw new CellError(
            `The name ${name} is not allowed. Use lower-case letters, digits and hyphens: lab snapshot before-lunch`,
        );
    }
    const { stack } = cell.record;
    const state = stateDigest(stack);
    const deployment = await exportStack(stack);
    await saveMachines(cell, checkpointFolder(cell, name), {
        complete: async (folder) => {
            const file = settingsFile(stack);
            const settings = existsSync(file) ? readFileSync(file, "utf8") : undefined;
            writeAtomically(join(folder, "stack.json"), JSON.stringify(deployment));
            writeAtomically(
                join(folder, "checkpoint.json"),
                JSON.stringify({ created: new Date().toISOString(), state, settings }),
            );
        },
    });
}

/**
 * Puts the lab back to a checkpoint, whatever was done to it. Cell.locked must be held.
 *
 * @throws CellError when there is no such checkpoint, or it is damaged; nothing was changed
 */
export async function loadCheckpoint(cell: Cell, name: string): Promise<void> {
    const folder = checkpointFolder(cell, name);
    if (!existsSync(folder)) {
        throw new CellError(`There is no snapshot ${name}. Existing ones: lab snapshots`);
    }
    readSavedMachines(folder);
    const { state, settings } = recordSchema.parse(JSON.parse(readFileSync(join(folder, "checkpoint.json"), "utf8")));
    const { stack } = cell.record;
    const restoreState = async () => {
        if (state === undefined || state !== stateDigest(stack)) {
            await importStack(stack, JSON.parse(readFileSync(join(folder, "stack.json"), "utf8")) as Deployment);
        }
    };
    await Promise.all([loadMachines(cell, folder), restoreState()]);
    if (settings === undefined) {
        rmSync(settingsFile(stack), { force: true });
    } else {
        writeFileSync(settingsFile(stack), settings);
    }
}

/** The cell's checkpoints, the newest first. */
export async function listCheckpoints(cell: Cell): Promise<Checkpoint[]> {
    const folder = join(cell.folder, "checkpoints");
    const names = existsSync(folder)
        ? (await readdir(folder)).filter((name) => nameSchema.safeParse(name).success)
        : [];
    return names
        .map((name) => ({ name, created: statSync(join(folder, name, "checkpoint.json")).mtime }))
        .sort((a, b) => b.created.getTime() - a.created.getTime());
}

/** Removes a checkpoint. @throws CellError when there is none of that name */
export async function removeCheckpoint(cell: Cell, name: string): Promise<void> {
    if (!(await listCheckpoints(cell)).some((checkpoint) => checkpoint.name === name)) {
        throw new CellError(`There is no snapshot ${name}. Existing ones: lab snapshots`);
    }
    await rm(checkpointFolder(cell, name), { recursive: true });
}

function checkpointFolder(cell: Cell, name: string): string {
    return join(cell.folder, "checkpoints", name);
}

function settingsFile(stack: string): string {
    return join(repositoryRoot, `Pulumi.${stack}.yaml`);
}

/**
 * A digest of the file with the stack's state, which tells in no time whether it changed; undefined with another backend
 * than a folder. https://www.pulumi.com/docs/iac/concepts/state-and-backends/
 */
function stateDigest(stack: string): string | undefined {
    const backend = process.env.PULUMI_BACKEND_URL?.match(/^file:\/\/(\/.*)$/)?.[1];
    const file = backend && join(backend, ".pulumi", "stacks", projectName, `${stack}.json`);
    return file && existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : undefined;
}
