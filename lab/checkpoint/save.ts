import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import { type Cell, CellError } from "../cell/cell";
import { virsh, virshNames } from "../cell/libvirt";
import { all } from "../lib/all";
import { awaitJobs, bringTo, domainStates, memoryDeadline } from "./domains";
import { beginOperation, endOperation, interruptedOperation } from "./operation";
import { type DomainStates, recordFile, type SavedMachines } from "./record";
import { placeVolume, requireDisk, writtenVolumes } from "./volumes";

export interface SaveOptions {
    /** Whether the machines run on afterwards; default true. */
    resume?: boolean;
    /** Whether disks are saved with the memory; default true. Without them the folder fits the present disks only. */
    volumes?: boolean;
    /** Adds files to the folder before it becomes valid. */
    complete?: (folder: string) => Promise<void>;
    /** Receives a line for each machine that could not be restored. */
    log: (line: string) => void;
}

/**
 * Saves all machines of the cell's lab at one moment: memory, disks and libvirt's definitions.
 *
 * The folder becomes valid at once, in place of an earlier one, when everything is written. When something fails, all
 * machines continue and the earlier folder stays. QEMU ends while it saves; `completeOperation` restores the machines after
 * a kill of this process. Cell.locked must be held.
 *
 * @param folder absolute path in the file system of the cells
 * @throws CellError when there are no machines or the disk is too small; nothing was changed
 */
export async function saveMachines(
    cell: Cell,
    folder: string,
    { resume = true, volumes = true, complete, log }: SaveOptions,
): Promise<void> {
    const domains = await domainStates(cell);
    if (Object.keys(domains).length === 0) {
        throw new CellError(`The stack ${cell.record.stack} has no machines to save. Build them: make up`);
    }
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    const partial = `${folder}.${cell.id}.partial`;
    await removeLeftovers(cell, dirname(folder));
    await requireDisk(dirname(folder), await memoryOf(cell, domains), "Saving the machines needs up to");
    await mkdir(join(partial, "memory"), { recursive: true, mode: 0o700 });
    const networks = await virshNames(cell, "net-list");
    await saveDefinitions(cell, partial, Object.keys(domains), networks);

    const active = Object.keys(domains).filter((name) => domains[name] !== "shut off");
    const operation = { kind: "save", partial, folder, domains } as const;
    beginOperation(cell, operation);
    let guestTime: number | undefined;
    let valid = false;
    try {
        await all(
            active.filter((name) => domains[name] === "running"),
            (name) => virsh(cell, ["suspend", name]),
        );
        guestTime = Date.now() / 1000 + cell.record.clockOffset;
        beginOperation(cell, { ...operation, guestTime });
        await all(active, (name) => virsh(cell, ["save", name, join(partial, "memory", name)], memoryDeadline));
        const pool = volumes ? await saveVolumes(cell, partial) : undefined;
        await complete?.(partial);
        const record: SavedMachines = { guestTime, domains, networks, pool, files: filesIn(partial) };
        writeAtomically(join(partial, recordFile), JSON.stringify(record, null, 2));
        await placeFolder(operation);
        valid = true;
    } finally {
        try {
            if (!valid) {
                // A call of virsh that exceeded its deadline goes on in libvirtd.
                await awaitJobs(cell);
            }
            if (resume || !valid) {
                const memory = join(valid ? folder : partial, "memory");
                await bringTo(cell, { domains, guestTime, memory, removeMemory: !valid }, log);
            }
            endOperation(cell);
        } finally {
            // Otherwise the next command restores the machines from it.
            if (interruptedOperation(cell)?.kind !== "save") {
                await rm(partial, { recursive: true, force: true });
            }
        }
    }
}

/**
 * Moves a complete folder to its name, in place of an earlier one, and removes the remains. Also after a kill at any
 * moment: then the earlier folder stays unless the new one is complete.
 *
 * @param options keepPartial: whether an incomplete folder stays; default false
 */
export async function placeFolder(
    { partial, folder }: { partial: string; folder: string },
    { keepPartial = false } = {},
): Promise<void> {
    const earlier = `${partial}.earlier`;
    if (existsSync(join(partial, recordFile))) {
        if (existsSync(folder)) {
            await rm(earlier, { recursive: true, force: true });
            await rename(folder, earlier);
        }
        await rename(partial, folder);
    } else if (existsSync(earlier) && !existsSync(folder)) {
        await rename(earlier, folder);
    }
    await all(keepPartial ? [earlier] : [partial, earlier], (path) => rm(path, { recursive: true, force: true }));
}

/** Removes the remains of killed commands of this cell from a folder. */
async function removeLeftovers(cell: Cell, folder: string): Promise<void> {
    const leftovers = (await readdir(folder)).filter((name) => name.includes(`.${cell.id}.partial`));
    await all(leftovers, (name) => rm(join(folder, name), { recursive: true, force: true }));
}

async function saveDefinitions(cell: Cell, folder: string, domains: string[], networks: string[]): Promise<void> {
    const write = async (path: string, command: string[]) => {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        writeAtomically(join(folder, path), await virsh(cell, command));
    };
    await all(domains, (name) => write(`domains/${name}.xml`, ["dumpxml", "--security-info", "--inactive", name]));
    await all(networks, (name) => write(`networks/${name}.xml`, ["net-dumpxml", "--inactive", name]));
    for (const pool of await virshNames(cell, "pool-list")) {
        await write("pool.xml", ["pool-dumpxml", pool]);
    }
}

/** Saves the volumes of the lab's only pool and returns the pool's name. */
async function saveVolumes(cell: Cell, folder: string): Promise<string> {
    const [pool = ""] = await virshNames(cell, "pool-list");
    const definitions = await readdir(join(folder, "domains"));
    const xml = await Promise.all(definitions.map((file) => readFile(join(folder, "domains", file), "utf8")));
    const written = xml.flatMap(writtenVolumes);
    const source = join(cell.images, pool);
    await mkdir(join(folder, "volumes"));
    await all(await readdir(source), (file) =>
        placeVolume(join(source, file), join(folder, "volumes", file), written.includes(file)),
    );
    return pool;
}

/** Bytes of memory of the machines that are not off. */
async function memoryOf(cell: Cell, domains: DomainStates): Promise<number> {
    const active = Object.keys(domains).filter((name) => domains[name] !== "shut off");
    const memory = await Promise.all(
        active.map(async (name) => Number((await virsh(cell, ["dominfo", name])).match(/^Max memory: +(\d+)/m)?.[1])),
    );
    return memory.reduce((sum, kib) => sum + kib * 1024, 0);
}

function filesIn(folder: string): SavedMachines["files"] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => ({ path: relative(folder, path), size: statSync(path).size }));
}
