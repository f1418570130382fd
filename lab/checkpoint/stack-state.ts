import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import { type Cell, CellError } from "../cell/cell";
import { withSecretsProviderOf } from "../lib/deployment";
import { backendUrl, type Deployment, exportStack, importStack } from "../lib/pulumi";
import { fileBackendFolder, readLocks, releaseLock } from "../recover/locks";
import { renameStack } from "../template/rename-stack";
import { unsetFixed } from "../up/settings";

const recordSchema = z.object({
    /** Digest of the state's file when it was exported; undefined with a backend that is no folder. */
    state: z.string().optional(),
    /** The stack's file; null when there was none. */
    settings: z.string().nullable(),
});

/** Files of a folder with a saved lab: the stack's state, and its record. A template, which fits many stacks, has no record. */
const [stateFile, recordFile] = ["stack.json", "stack-record.json"];

/**
 * Saves a stack's state, and its settings unless it is for a template.
 *
 * Secrets in a template's state are in plain text, because other stacks have other passphrases: only this user may read the
 * folder.
 */
export async function saveStack(stack: string, folder: string, { forTemplate = false } = {}): Promise<void> {
    const state = await stateDigest(stack);
    const deployment = await exportStack(stack, { showSecrets: forTemplate });
    const settings = existsSync(settingsFile(stack)) ? readFileSync(settingsFile(stack), "utf8") : null;
    writeAtomically(join(folder, stateFile), JSON.stringify(deployment));
    if (!forTemplate) {
        writeAtomically(join(folder, recordFile), JSON.stringify({ state, settings }));
    }
}

/**
 * Imports the state and settings of a folder into the cell's stack; does nothing for a folder without them. A state that the
 * stack still has is not imported again.
 */
export async function restoreStack(cell: Cell, folder: string): Promise<void> {
    if (!existsSync(join(folder, stateFile))) {
        return;
    }
    const { stack, imported } = cell.record;
    const text = readFileSync(join(folder, stateFile), "utf8");
    const saved = sha256(text);
    const record = existsSync(join(folder, recordFile))
        ? recordSchema.parse(JSON.parse(readFileSync(join(folder, recordFile), "utf8")))
        : undefined;
    const present = await stateDigest(stack);
    const same = [record?.state, imported?.saved === saved ? imported.state : undefined];
    if (present === undefined || !same.includes(present)) {
        const renamed = renameStack(JSON.parse(text) as Deployment, stack);
        const isTemplate = record === undefined;
        await importStack(stack, isTemplate ? withSecretsProviderOf(renamed, await exportStack(stack)) : renamed);
        const state = await stateDigest(stack);
        cell.update({ imported: state === undefined ? undefined : { saved, state } });
    }
    if (record === undefined) {
        unsetFixed(stack);
    } else if (record.settings === null) {
        rmSync(settingsFile(stack), { force: true });
    } else {
        writeAtomically(settingsFile(stack), record.settings);
    }
}

/**
 * Releases the locks of updates that were killed.
 *
 * @throws CellError while an update of the stack is running
 */
export async function requireNoUpdate(stack: string): Promise<void> {
    const folder = await backendFolder();
    for (const lock of folder === undefined ? [] : await readLocks(folder, stack)) {
        if (lock.held) {
            throw new CellError(`Process ${lock.pid} updates the stack ${stack}. Wait for its end, or end it.`);
        }
        await releaseLock(lock);
    }
}

async function backendFolder(): Promise<string | undefined> {
    const url = await backendUrl();
    return url === undefined ? undefined : fileBackendFolder(url, repositoryRoot);
}

function settingsFile(stack: string): string {
    return join(repositoryRoot, `Pulumi.${stack}.yaml`);
}

/**
 * A digest of the file with the stack's state, by which a change is detected without Pulumi; undefined with a backend that
 * is not a folder. https://www.pulumi.com/docs/iac/concepts/state-and-backends/
 */
async function stateDigest(stack: string): Promise<string | undefined> {
    const folder = await backendFolder();
    const file = folder && join(folder, ".pulumi", "stacks", projectName, `${stack}.json`);
    return file && existsSync(file) ? sha256(readFileSync(file)) : undefined;
}

function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}
