import { closeSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cell } from "../cell/cell";
import { virsh, virshNames } from "../cell/libvirt";
import { argumentsOf, networkNamespace, processesIn } from "../cell/process";
import { all } from "../lib/all";
import { waitFor } from "../lib/wait";
import { setClocks } from "./clock";
import { beginOperation, endOperation } from "./operation";
import type { DomainStates } from "./record";

/** Seconds to write or read one machine's memory: 2.5 GiB on a slow disk. */
export const memoryDeadline = 300;

/** Each domain of the cell with its state. */
export async function domainStates(cell: Cell): Promise<DomainStates> {
    return statesIn(await virsh(cell, ["list", "--all"]));
}

/** The domains in a table of `virsh list`: ID, name and state in columns; a domain that is off has no ID. */
export function statesIn(table: string): DomainStates {
    const rows = [...table.matchAll(/^ *(-|\d+) {2,}(\S.*?) {2,}(\S.*?) *$/gm)];
    // A machine that is shutting down runs.
    const stateOf = (id: string, state: string) =>
        id === "-" ? "shut off" : state === "paused" ? "paused" : "running";
    return Object.fromEntries(rows.map(([, id = "", name = "", state = ""]) => [name, stateOf(id, state)] as const));
}

/** Options of {@link bringTo}. */
export interface Target {
    domains: DomainStates;
    /** Folder with the domains' memory, a file each. */
    memory?: string;
    /** Whether the folder is removed when the domains are restored, which makes room on a full disk; default false. */
    removeMemory?: boolean;
    /** The guests' time at which they were suspended, seconds since 1970; undefined when they were not. */
    guestTime?: number;
    /** Definitions that the domains receive with that time; default: their present ones. */
    definitions?: readonly string[];
}

/**
 * Brings every domain that exists into its state: from its saved memory, else by booting its disk. No machine runs before all
 * of them are restored or started. Memory of a stopped lab is removed before a machine writes to its disk.
 *
 * Completes the recorded operation. Cell.locked must be held.
 *
 * @param log receives a line for each machine that boots because its memory cannot be restored
 * @throws the first failure. When no machine can be restored or started, saved memory stays valid; otherwise the others run
 */
export async function bringTo(
    cell: Cell,
    { domains, memory, removeMemory = false, guestTime, definitions }: Target,
    log: (line: string) => void,
): Promise<void> {
    const active = Object.keys(domains).filter((name) => domains[name] !== "shut off");
    const thatAre = async (state: DomainStates[string]) => {
        const states = await domainStates(cell);
        return active.filter((name) => states[name] === state);
    };
    const failures: unknown[] = [];
    const attempt = async (work: () => unknown) => {
        try {
            await work();
        } catch (error) {
            failures.push(error);
        }
    };
    const setTime = () =>
        attempt(() => (guestTime === undefined ? undefined : setClocks(cell, guestTime, definitions)));

    const reasons: Record<string, string | undefined> = {};
    await all(memory === undefined ? [] : await thatAre("shut off"), async (name) => {
        reasons[name] = await restore(cell, join(memory ?? "", name));
    });
    const booting = await thatAre("shut off");
    if (booting.length > 0) {
        await setTime();
        await all(booting, (name) => attempt(() => virsh(cell, ["start", name, "--paused"])));
        const off = await thatAre("shut off");
        if (off.length === active.length) {
            throw failures[0];
        }
        for (const name of booting.filter((one) => reasons[one] !== undefined && !off.includes(one))) {
            log(`${name} booted from its disk, because its memory cannot be restored: ${reasons[name]}`);
        }
    }
    if (memory !== undefined && removeMemory) {
        await rm(memory, { recursive: true, force: true });
    }
    await setTime();
    try {
        beginOperation(cell, { kind: "resume", domains });
    } catch (error) {
        // A full disk. The earlier record would use memory again that does not fit the disks.
        endOperation(cell);
        failures.push(error);
    }
    await rm(cell.stopped, { recursive: true, force: true });
    await all(
        (await thatAre("paused")).filter((name) => domains[name] === "running"),
        (name) => attempt(() => virsh(cell, ["resume", name])),
    );
    if (failures.length > 0) {
        throw failures[0];
    }
    endOperation(cell);
}

/** Restores a machine, paused, from the file with its memory. Returns the reason when it cannot be restored. */
async function restore(cell: Cell, file: string): Promise<string | undefined> {
    if (!isComplete(file)) {
        return `${file} is not complete`;
    }
    return virsh(cell, ["restore", file, "--paused"], memoryDeadline).then(
        () => undefined,
        (error: Error) => error.message,
    );
}

/** Calls of virsh that change machines. */
const changingCalls = ["suspend", "save", "restore", "start", "resume", "destroy", "define", "undefine"];

/** Waits until virsh and libvirtd have ended what a killed command began. @throws DeadlineError */
export async function awaitJobs(cell: Cell): Promise<void> {
    const namespace = networkNamespace(cell.record.pause?.pid ?? -1);
    const calls = () =>
        (namespace === undefined ? [] : processesIn(namespace))
            .map(argumentsOf)
            .filter((args) => args.includes("virsh") && changingCalls.some((call) => args.includes(call)));
    const patience = { deadline: memoryDeadline, interval: 0.2, maximumInterval: 1 };
    await waitFor("calls of virsh that a killed command began", async () => calls().length === 0, patience);
    for (const name of await virshNames(cell, "list")) {
        const isIdle = async () => {
            // Fails for a machine that the job has ended.
            const info = await virsh(cell, ["domjobinfo", name]).catch(() => "");
            return info === "" || /^Job type: +(None|Completed)/m.test(info);
        };
        await waitFor(`libvirtd to end its work on ${name}`, isIdle, patience);
    }
}

/** The beginning of a file that `virsh save` completed. An incomplete one begins with LibvirtQemudPart. */
const completeMagic = "LibvirtQemudSave";

/** Whether a file is the complete memory of a machine. */
export function isComplete(file: string): boolean {
    const start = Buffer.alloc(completeMagic.length);
    try {
        const descriptor = openSync(file, "r");
        try {
            readSync(descriptor, start);
        } finally {
            closeSync(descriptor);
        }
    } catch {
        return false;
    }
    return start.toString("latin1") === completeMagic;
}
