import { existsSync, readdirSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { localHost } from "../../infra/preflight/host-facts";
import { cellDisk, cloneDisk, occupiedMemory } from "../../infra/preflight/needs";
import { Cell, CellError, cellIds, removeRemains } from "./cell";
import { succeed } from "./run";
import { stateFolder } from "./state-folder";

/** Free memory and disk of this machine, and what other labs may still use. All in MiB. */
export interface Capacity {
    memory: number;
    disk: number;
    /** The possible growth of the disks of all other labs. */
    reserved: number;
}

/**
 * Checks that this machine can hold one more lab.
 *
 * Overlays grow as guests fill their file systems. That growth is reserved for the labs that exist, so that one lab does not
 * fill the disk of another.
 *
 * @throws CellError with the missing amount
 */
export function requireCapacity(
    { memory, disk, reserved }: Capacity,
    { accelerator, fromTemplate }: { accelerator: "kvm" | "tcg"; fromTemplate: boolean },
): void {
    requireMemory(memory, accelerator);
    const neededDisk = fromTemplate ? cloneDisk : cellDisk;
    if (disk - reserved < neededDisk) {
        throw new CellError(
            `A lab needs ${neededDisk} MiB of disk in ${stateFolder()}. ${disk} MiB are free, of which ${reserved} MiB are reserved ` +
                `for the growth of other labs: ${neededDisk - (disk - reserved)} MiB are missing. ` +
                "Remove saved labs: lab templates, lab snapshots",
        );
    }
}

/** Checks that the machines of a lab can start. @throws CellError with the missing amount */
export function requireMemory(available: Capacity["memory"], accelerator: "kvm" | "tcg"): void {
    const needed = occupiedMemory(accelerator);
    if (available < needed) {
        throw new CellError(
            `A lab needs ${needed} MiB of memory and ${available} MiB are available: ${needed - available} MiB are missing. ` +
                "Stop another lab: lab cells, lab --stack NAME stop",
        );
    }
}

/** Memory and disk that are free on this machine for one more lab, after the remains of removed labs were removed. */
export async function capacity(): Promise<Capacity> {
    removeRemains();
    await mkdir(stateFolder(), { recursive: true, mode: 0o700 });
    const cells = cellIds().map((id) => Cell.open(id));
    const growths = await Promise.all(cells.map((cell) => (cell === undefined ? 0 : growthOf(cell))));
    return {
        memory: localHost.freeMemory(),
        disk: await localHost.freeDisk(stateFolder()),
        reserved: Math.ceil(growths.reduce((sum, growth) => sum + growth, 0)),
    };
}

const imageSchema = z.object({ "virtual-size": z.number(), "backing-filename": z.string().optional() });

/**
 * MiB that a lab writes to its disks at most without intent: measured are 0.1 GiB after the build and 0.5 GiB after hours of
 * tests. All free space of six guests would be 40 GiB, so that most machines could not hold two labs. Where a guest fills
 * the disk on purpose, QEMU suspends every machine that writes (`werror=enospc`, qemu(1)), and nothing is lost.
 */
const plausibleGrowth = 4 * 1024;

/**
 * MiB by which guests can fill the overlays of a cell: the free space of their file systems, at most {@link plausibleGrowth}.
 */
async function growthOf(cell: Cell): Promise<number> {
    if (!existsSync(cell.images)) {
        return 0;
    }
    const volumes = readdirSync(cell.images, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".qcow2"))
        .map((entry) => join(entry.parentPath, entry.name));
    const growths = await Promise.all(
        // Fails for a volume that another command removes at this moment.
        volumes.map((path) => growthOfVolume(path).catch(() => 0)),
    );
    return Math.min(plausibleGrowth, growths.reduce((sum, growth) => sum + Math.max(0, growth), 0) / 2 ** 20);
}

/** Bytes by which an overlay can grow; 0 for the base image, to which nothing writes. */
async function growthOfVolume(path: string): Promise<number> {
    const info = await succeed(["qemu-img", "info", "--force-share", "--output=json", path]);
    const { "virtual-size": size, "backing-filename": base } = imageSchema.parse(JSON.parse(info));
    return base === undefined
        ? 0
        : size - (await allocated(path)) - (await allocated(join(path, "..", basename(base))));
}

/** Bytes that a file occupies on disk. */
async function allocated(path: string): Promise<number> {
    return (await stat(path)).blocks * 512;
}
