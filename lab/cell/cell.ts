import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import lockfile from "proper-lockfile";
import { z } from "zod";
import { machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { shellWord } from "../../infra/preflight/shell-word";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import { stateFolder } from "./state-folder";

/** A refused command. `message` states the reason and the remedy; nothing was changed. */
export class CellError extends Error {}

const processSchema = z.object({ pid: z.number(), startTime: z.string(), boot: z.string() });

const exposureSchema = z.object({
    machine: z.enum(machineNames),
    /** Address and port of this machine on which socat(1) listens. */
    address: z.string(),
    port: z.number(),
    process: processSchema.optional(),
});

export type Exposure = z.output<typeof exposureSchema>;

const recordSchema = z.object({
    stack: z.string(),
    /** The clone that created the cell, for `lab cells`. */
    repository: z.string(),
    /** ISO 8601. */
    created: z.string(),
    /** Whether the cell has a user namespace. */
    rootless: z.boolean(),
    /** Seconds from the present to the guests' time: negative in a lab that was restored from saved memory. */
    clockOffset: z.number().default(0),
    /** Keeps the namespaces; its mount namespace is the one that commands enter. */
    pause: processSchema.optional(),
    /** The first process of the PID namespace of libvirtd and QEMU. */
    init: processSchema.optional(),
    /** The saved state that was imported into the stack, and the stack's file after it: SHA-256 of both. */
    imported: z.object({ saved: z.string(), state: z.string() }).optional(),
    /** Ports of this machine that lead to the SSH servers of machines. */
    exposed: z.array(exposureSchema).default([]),
});

export type CellRecord = z.output<typeof recordSchema>;

/**
 * The environment of one lab: a network and mount namespace with a separate libvirtd, and a folder with all of its files.
 *
 * ```
 * cell.json            this record
 * etc/ lib/ log/ cache/   bound over /etc/libvirt, /var/lib/libvirt, /var/log/libvirt and /var/cache/libvirt
 * checkpoints/NAME/    saved states of the lab (lab/checkpoint)
 * stopped/             memory of a lab that `lab stop` stopped
 * operation.json       a save or restore that is not complete
 * ```
 */
export class Cell {
    private constructor(
        readonly id: string,
        readonly folder: string,
        private current: CellRecord,
    ) {}

    get record(): Readonly<CellRecord> {
        return this.current;
    }

    /** The clone of the lab: the one that created the cell, or this one when it was moved or renamed since. */
    get repository(): string {
        const { repository, stack } = this.current;
        const names = (clone: string) => idIn(pointerFile(stack, clone)) === this.id;
        return !names(repository) && names(repositoryRoot) ? repositoryRoot : repository;
    }

    /** The folder that the cell sees as /var/lib/libvirt/images, which contains the storage pools. */
    get images(): string {
        return join(this.folder, "lib", "images");
    }

    /** Folder with the memory of a stopped lab. It does not exist while a machine runs: then memory and disks differ. */
    get stopped(): string {
        return join(this.folder, "stopped");
    }

    /** Changes the record on disk, at once or not at all. */
    update(change: Partial<CellRecord>): void {
        this.current = { ...this.current, ...change };
        writeAtomically(join(this.folder, "cell.json"), JSON.stringify(this.current, null, 2));
    }

    /**
     * Holds the cell's lock while `work` runs, so that two commands do not start, save or remove one lab at once. The record is
     * read again before: the command that held the lock may have changed it.
     *
     * @throws CellError when another command holds the lock for longer than two minutes, or has removed the cell
     */
    async locked<T>(work: () => Promise<T>): Promise<T> {
        let release: () => Promise<void>;
        try {
            release = await lockfile.lock(this.folder, {
                stale: 15_000,
                retries: { retries: 120, minTimeout: 1000, factor: 1 },
            });
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            if (code === "ELOCKED") {
                throw new CellError(
                    `Another command works on the cell ${this.id}. Wait for its end. If none does: rmdir ${shellWord(`${this.folder}.lock`)}`,
                );
            }
            throw code === "ENOENT" ? this.removed() : error;
        }
        try {
            const present = Cell.open(this.id);
            if (present === undefined) {
                throw this.removed();
            }
            this.current = present.current;
            return await work();
        } finally {
            await release().catch(() => {}); // the folder is gone when `work` removed the cell
        }
    }

    private removed(): CellError {
        return new CellError(`Another command removed the cell ${this.id}. List the existing ones: lab cells`);
    }

    /** The stack's cell; undefined when it has none. */
    static of(stack: string): Cell | undefined {
        const id = idIn(pointerFile(stack));
        return id === undefined ? undefined : Cell.open(id);
    }

    /** The cell with that ID; undefined when there is none, or its record is not readable. */
    static open(id: string): Cell | undefined {
        const folder = join(cellsFolder(), id);
        try {
            return new Cell(
                id,
                folder,
                recordSchema.parse(JSON.parse(readFileSync(join(folder, "cell.json"), "utf8"))),
            );
        } catch {
            return undefined;
        }
    }

    /**
     * Creates an empty cell for a stack. {@link Cell.remove} removes it.
     *
     * The ID has a random part: two clones of the repository, or a stack that was made again, do not collide.
     */
    static create(stack: string): Cell {
        const id = `${stack}-${randomBytes(3).toString("hex")}`;
        const folder = join(cellsFolder(), id);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const rootless = process.geteuid?.() !== 0;
        const record = recordSchema.parse({
            stack,
            repository: repositoryRoot,
            created: new Date().toISOString(),
            rootless,
        });
        const cell = new Cell(id, folder, record);
        cell.update({});
        mkdirSync(dirname(pointerFile(stack)), { recursive: true });
        writeAtomically(pointerFile(stack), `${id}\n`);
        return cell;
    }

    /** Removes the cell's files; its processes must have ended. */
    remove(): void {
        // Renamed first, so that an interrupted removal leaves no folder that looks like a cell.
        renameSync(this.folder, `${this.folder}${removedSuffix}`);
        const pointer = pointerFile(this.current.stack);
        if (idIn(pointer) === this.id) {
            rmSync(pointer);
        }
        removeRemains();
    }
}

function cellsFolder(): string {
    return join(stateFolder(), "cells");
}

/** The file of a clone that names a stack's cell. */
function pointerFile(stack: string, clone = repositoryRoot): string {
    return join(clone, ".lab", "cells", stack);
}

/** The ID in such a file; undefined when there is none. */
function idIn(pointer: string): string | undefined {
    return existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : undefined;
}

/** The end of the name of a cell's folder that is being removed. */
const removedSuffix = ".removed";

/** Removes the files of cells whose removal was interrupted. */
export function removeRemains(): void {
    const folder = cellsFolder();
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names.filter((one) => one.endsWith(removedSuffix))) {
        rmSync(join(folder, name), { recursive: true, force: true });
    }
}

/** IDs of all cells of this user, of every clone, also of broken ones. */
export function cellIds(): string[] {
    const folder = cellsFolder();
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((name) => !name.endsWith(".lock") && !name.endsWith(removedSuffix));
}

/** IDs of this clone's cells. A copy of a clone has none of its cells. */
export function ownCellIds(): string[] {
    return cellIds().filter((id) => Cell.open(id)?.repository === repositoryRoot);
}

/** Removes the folder of a cell whose record is not readable. */
export function removeUnreadable(id: string): void {
    rmSync(join(cellsFolder(), id), { recursive: true, force: true });
}
