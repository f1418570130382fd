import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cell, CellError } from "../cell/cell";
import { ensureLibvirt, virsh, virshNames } from "../cell/libvirt";
import { all } from "../lib/all";
import { define } from "./clock";
import { awaitJobs, bringTo } from "./domains";
import { beginOperation, interruptedOperation, operationFile } from "./operation";
import { readSavedMachines, type SavedMachines } from "./record";
import { placeFolder } from "./save";
import { restoreStack } from "./stack-state";
import { placeVolume, requireDisk, writtenVolumes } from "./volumes";

/**
 * Puts the cell's lab, in any state, into a saved state: machines, and the stack's state and settings where the
 * folder has them. A cell without machines receives networks, pool and definitions as well. Cell.locked must be held.
 *
 * The guests' time continues from the moment at which they were saved.
 *
 * @param log receives a line for each machine that could not be restored
 * @throws CellError when the saved state is incomplete or the disk is too small; nothing was changed
 */
export async function loadLab(cell: Cell, folder: string, log: (line: string) => void): Promise<void> {
    const interrupted = interruptedOperation(cell);
    if (interrupted?.kind === "save") {
        await placeFolder(interrupted, { keepPartial: true });
    }
    const record = readSavedMachines(folder);
    const definitions = definitionsIn(folder, record);
    await requireDiskFor(cell, folder, record, definitions);
    beginOperation(cell, { kind: "load", folder });
    if (interrupted?.kind === "save") {
        // The machines of the interrupted save are discarded.
        await placeFolder(interrupted);
    }
    const replaced = async () => {
        await ensureLibvirt(cell);
        if (interrupted !== undefined) {
            await awaitJobs(cell);
        }
        await replaceMachines(cell, folder, record, definitions);
    };
    await all([replaced, () => restoreStack(cell, folder)], (work) => work());
    await bringTo(cell, { ...record, definitions, memory: join(folder, "memory") }, log);
}

/**
 * Completes the operation of a killed command on the machines; does nothing otherwise. Cell.locked must be held.
 *
 * @throws CellError when the saved state that a command was restoring is no longer complete
 */
export async function completeOperation(cell: Cell, log: (line: string) => void): Promise<void> {
    const operation = interruptedOperation(cell);
    if (operation === undefined) {
        return;
    }
    if (operation.kind === "damaged") {
        throw new CellError(
            `The record of an interrupted command, ${operationFile(cell)}, is damaged.\n` +
                `Restore a saved state: lab --stack ${cell.record.stack} reset`,
        );
    }
    log("Completing the command that was interrupted");
    if (operation.kind === "load") {
        try {
            readSavedMachines(operation.folder);
        } catch (error) {
            throw new CellError(
                `${(error as CellError).message}\nThen restore another state: lab snapshots, lab reset NAME`,
            );
        }
        return loadLab(cell, operation.folder, log);
    }
    await ensureLibvirt(cell);
    await awaitJobs(cell);
    const { domains } = operation;
    if (operation.kind === "resume") {
        return bringTo(cell, { domains }, log);
    }
    const { partial, folder, guestTime } = operation;
    await placeFolder(operation, { keepPartial: true });
    const isPartial = existsSync(partial);
    const saved = isPartial ? partial : isOf(guestTime, folder) ? folder : undefined;
    const memory = saved && join(saved, "memory");
    await bringTo(cell, { domains, guestTime, memory, removeMemory: isPartial }, log);
    await placeFolder(operation);
}

/** Whether a folder is complete and has the machines of this moment: those of an earlier one do not fit the disks. */
function isOf(guestTime: number | undefined, folder: string): boolean {
    try {
        return readSavedMachines(folder).guestTime === guestTime;
    } catch {
        return false;
    }
}

/** The machines' volumes are copied before those that they replace are removed. */
async function requireDiskFor(cell: Cell, folder: string, record: SavedMachines, definitions: string[]): Promise<void> {
    if (record.pool !== undefined) {
        const volumes = definitions.flatMap(writtenVolumes);
        const blocks = volumes.map((file) => statSync(join(folder, "volumes", file)).blocks);
        const needed = blocks.reduce((sum, count) => sum + count * 512, 0);
        await requireDisk(cell.folder, needed, "Restoring the machines needs");
    }
}

function definitionsIn(folder: string, record: SavedMachines): string[] {
    return Object.keys(record.domains).map((name) => readFileSync(join(folder, "domains", `${name}.xml`), "utf8"));
}

async function replaceMachines(
    cell: Cell,
    folder: string,
    record: SavedMachines,
    definitions: string[],
): Promise<void> {
    await all(await virshNames(cell, "list"), (name) => virsh(cell, ["destroy", name]));
    const existing = await virshNames(cell, "list", "--all");
    await all(
        existing.filter((name) => !(name in record.domains)),
        (name) => virsh(cell, ["undefine", name]),
    );
    await defineNetworks(cell, folder, record.networks);
    if (record.pool !== undefined) {
        await placeVolumes(cell, folder, record.pool, definitions.flatMap(writtenVolumes));
    }
    // Before memory is restored: libvirt rejects a definition of another machine with that name.
    await all(definitions, (xml) => define(cell, "define", xml));
}

async function defineNetworks(cell: Cell, folder: string, networks: SavedMachines["networks"]): Promise<void> {
    const [existing, active] = await Promise.all([virshNames(cell, "net-list", "--all"), virshNames(cell, "net-list")]);
    for (const network of networks.filter((name) => !active.includes(name))) {
        if (!existing.includes(network)) {
            await define(cell, "net-define", readFileSync(join(folder, "networks", `${network}.xml`), "utf8"));
            // Not part of the definition; every network and pool of the program has it.
            await virsh(cell, ["net-autostart", network]);
        }
        await virsh(cell, ["net-start", network]);
    }
}

async function placeVolumes(cell: Cell, folder: string, pool: string, written: string[]): Promise<void> {
    const target = join(cell.images, pool);
    await mkdir(target, { recursive: true });
    const files = await readdir(join(folder, "volumes"));
    await all(
        files.filter((file) => !isSameFile(join(folder, "volumes", file), join(target, file))),
        (file) => placeVolume(join(folder, "volumes", file), join(target, file), written.includes(file)),
    );
    // A pool with unknown files could not be deleted.
    const others = (await readdir(target)).filter((file) => !files.includes(file));
    await all(others, (file) => rm(join(target, file), { force: true }));
    if (!(await virshNames(cell, "pool-list", "--all")).includes(pool)) {
        await define(cell, "pool-define", readFileSync(join(folder, "pool.xml"), "utf8"));
        await virsh(cell, ["pool-autostart", pool]);
        await virsh(cell, ["pool-start", pool]);
    }
    await virsh(cell, ["pool-refresh", pool]);
}

function isSameFile(one: string, other: string): boolean {
    return statSync(one).ino === statSync(other, { throwIfNoEntry: false })?.ino;
}
