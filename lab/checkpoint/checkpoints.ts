import { existsSync, statSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Cell, CellError } from "../cell/cell";
import { loadLab } from "./load";
import { recordFile } from "./record";
import { saveMachines } from "./save";
import { saveStack } from "./stack-state";

/** The checkpoint that `lab snapshot` and `lab reset` use without a name. */
export const defaultCheckpoint = "latest";

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/);

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
export async function saveCheckpoint(cell: Cell, name: string, log: (line: string) => void): Promise<void> {
    if (!nameSchema.safeParse(name).success) {
        throw new CellError(
            `The name ${name} is not allowed. Use lower-case letters, digits and hyphens: lab snapshot before-lunch`,
        );
    }
    await saveMachines(cell, checkpointFolder(cell, name), {
        complete: (folder) => saveStack(cell.record.stack, folder),
        log,
    });
}

/**
 * Returns the lab to a checkpoint and discards all later changes. Cell.locked must be held.
 *
 * @throws CellError when there is no such checkpoint, or it is damaged; nothing was changed
 */
export async function loadCheckpoint(cell: Cell, name: string, log: (line: string) => void): Promise<void> {
    const folder = checkpointFolder(cell, name);
    if (!existsSync(folder)) {
        throw new CellError(`There is no snapshot ${name}. Existing ones: lab snapshots`);
    }
    await loadLab(cell, folder, log);
}

/** The cell's checkpoints, the newest first. */
export async function listCheckpoints(cell: Cell): Promise<Checkpoint[]> {
    const folder = join(cell.folder, "checkpoints");
    const names = existsSync(folder)
        ? (await readdir(folder)).filter((name) => nameSchema.safeParse(name).success)
        : [];
    return names
        .map((name) => ({ name, created: createdOf(join(folder, name)) }))
        .sort((a, b) => b.created.getTime() - a.created.getTime());
}

/** The record is written last. A damaged folder may have none. */
function createdOf(folder: string): Date {
    return (statSync(join(folder, recordFile), { throwIfNoEntry: false }) ?? statSync(folder)).mtime;
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
