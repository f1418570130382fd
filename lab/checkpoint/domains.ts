import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../cell/cell";
import { virsh, virshNames } from "../cell/libvirt";
import type { DomainStates } from "./record";

/** Seconds to write or read one machine's memory: 2.5 GiB on a slow disk. */
export const memoryDeadline = 300;

/** Works on all items at once; when all have ended, throws the first error. */
export async function all<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
    const failed = (await Promise.allSettled(items.map(work))).find((result) => result.status === "rejected");
    if (failed !== undefined) {
        throw failed.reason;
    }
}

/** Each domain of the cell with its state. */
export async function domainStates(cell: Cell): Promise<DomainStates> {
    const inState = async (...option: string[]) => await virshNames(cell, "list", ...option);
    const [running, paused, every] = await Promise.all([
        inState("--state-running"),
        inState("--state-paused"),
        inState("--all"),
    ]);
    const stateOf = (name: string) =>
        running.includes(name) ? "running" : paused.includes(name) ? "paused" : "shut off";
    return Object.fromEntries(every.map((name) => [name, stateOf(name)] as const));
}

/**
 * Brings every domain into the wanted state: from its saved memory where the folder has it, else by booting its disk.
 * No machine runs before all of them are there.
 *
 * @param folder contains `memory/DOMAIN`, complete for every domain that is off
 */
export async function bringTo(cell: Cell, wanted: DomainStates, folder: string): Promise<void> {
    const present = await domainStates(cell);
    const active = Object.keys(wanted).filter((name) => wanted[name] !== "shut off");
    await all(
        active.filter((name) => present[name] === "shut off"),
        async (name) => {
            const memory = join(folder, "memory", name);
            const command = existsSync(memory) ? ["restore", memory] : ["start", name];
            await virsh(cell, [...command, "--paused"], memoryDeadline);
        },
    );
    await all(
        active.filter((name) => wanted[name] === "running" && present[name] !== "running"),
        (name) => virsh(cell, ["resume", name]),
    );
}
