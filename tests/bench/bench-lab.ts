import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { repositoryRoot } from "../../infra/config/config-files";
import { Cell, CellError, cellIds } from "../../lab/cell/cell";
import { removeCell } from "../../lab/cell/lifetime";
import { stateFolder } from "../../lab/cell/state-folder";
import { ensureStack } from "../../lab/up/create-stack";

/** The name of the benchmark's stack. */
export const stack = "bench";

/** A stack whose cell, template and Pulumi state are in a separate folder: nothing of the user is read or changed. */
export interface BenchLab {
    /** Removes the lab in any state, and creates an empty stack. The template stays. */
    empty: () => Promise<void>;
    /** Removes the lab in any state, the stack and the template. */
    remove: () => Promise<void>;
}

/**
 * Directs this process and its commands to the folder of the benchmark. A killed benchmark may have left a lab there.
 *
 * @throws CellError when another benchmark runs, or the user has a lab in a stack of the same name
 */
export async function openBenchLab(): Promise<BenchLab> {
    if (Cell.of(stack) !== undefined) {
        throw new CellError(`The benchmark needs the stack's name. Remove its lab: pulumi destroy --stack ${stack}`);
    }
    const folder = join(stateFolder(), "bench");
    mkdirSync(folder, { recursive: true });
    const release = await lockfile.lock(folder, { stale: 15_000 }).catch(() => {
        throw new CellError(`Another benchmark uses ${folder}. Wait for its end.`);
    });
    const backend = join(folder, "pulumi");
    // For the files of commands that are killed. Paths of sockets are limited to 107 bytes, unix(7).
    const temporary = mkdtempSync(join(tmpdir(), "bench-"));
    process.env.TMPDIR = temporary;
    process.env.LAB_STATE = folder;
    process.env.PULUMI_BACKEND_URL = `file://${backend}`;
    process.env.PULUMI_CONFIG_PASSPHRASE = "benchmark";
    delete process.env.PULUMI_CONFIG_PASSPHRASE_FILE;
    delete process.env.LAB_CELL;

    const clear = async () => {
        for (const cell of cellIds().map((id) => Cell.open(id))) {
            await cell?.locked(() => removeCell(cell));
        }
        rmSync(backend, { recursive: true, force: true });
        rmSync(join(repositoryRoot, `Pulumi.${stack}.yaml`), { force: true });
    };
    return {
        empty: async () => {
            await clear();
            mkdirSync(backend);
            await ensureStack(stack);
        },
        remove: async () => {
            await clear();
            rmSync(temporary, { recursive: true });
            rmSync(folder, { recursive: true });
            await release();
        },
    };
}
