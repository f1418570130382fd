import { rm } from "node:fs/promises";
import { localHost } from "../../infra/preflight/host-facts";
import { endExposure, expose } from "../access/expose";
import { requireMemory } from "../cell/capacity";
import { type Cell, CellError } from "../cell/cell";
import { ensureLibvirt, virsh } from "../cell/libvirt";
import { endNamespaces, hasNamespaces } from "../cell/namespaces";
import { isAlive } from "../cell/process";
import { bringTo, domainStates } from "../checkpoint/domains";
import { completeOperation, loadLab } from "../checkpoint/load";
import { type DomainStates, readSavedMachines } from "../checkpoint/record";
import { saveMachines } from "../checkpoint/save";

/**
 * Makes the cell's libvirtd respond and its machines run: completes an interrupted operation, else starts a lab in which no
 * machine runs, from its saved memory where there is one, else by booting its disks. A machine that is off while others
 * run stays off, and a paused one stays paused unless the disk was full. {@link stopLab} stops the lab. Cell.locked must be held.
 *
 * @param log receives a line before a step that takes seconds
 * @returns how the machines were started
 * @throws CellError when memory is short; nothing was changed
 */
export async function startLab(cell: Cell, log: (line: string) => void): Promise<"was running" | "memory" | "boot"> {
    if (!hasNamespaces(cell)) {
        log("Starting libvirtd in the lab's cell");
        // Ports lead to the namespaces that have ended.
        endExposure(cell);
    }
    await ensureLibvirt(cell);
    await completeOperation(cell, log);
    const states = await domainStates(cell);
    if (Object.keys(states).length === 0 || Object.values(states).some((state) => state !== "shut off")) {
        // Memory does not fit disks that a running guest has written to.
        await rm(cell.stopped, { recursive: true, force: true });
        await resumeAfterFullDisk(cell, states);
        await exposeAgain(cell, log);
        return "was running";
    }
    requireMemory(localHost.freeMemory(), await acceleratorOf(cell, Object.keys(states)[0] ?? ""));
    const hasMemory = hasMemoryOf(cell, Object.keys(states));
    log(hasMemory ? "Restoring the machines from their saved memory" : "Booting the machines");
    if (hasMemory) {
        await loadLab(cell, cell.stopped, log);
    } else {
        const domains = Object.fromEntries(Object.keys(states).map((name) => [name, "running"] as const));
        await bringTo(cell, { domains }, log);
    }
    await exposeAgain(cell, log);
    return hasMemory ? "memory" : "boot";
}

/** Whether the cell has the complete memory of these machines. An interrupted `pulumi destroy` has removed some of them. */
function hasMemoryOf(cell: Cell, domains: string[]): boolean {
    try {
        const saved = Object.keys(readSavedMachines(cell.stopped).domains);
        return saved.length === domains.length && domains.every((name) => saved.includes(name));
    } catch {
        return false;
    }
}

async function acceleratorOf(cell: Cell, domain: string): Promise<"kvm" | "tcg"> {
    return /^<domain[^>]* type=['"]kvm['"]/m.test(await virsh(cell, ["dumpxml", domain])) ? "kvm" : "tcg";
}

/** Continues the machines that QEMU paused because the disk was full: `werror=enospc`, qemu(1). */
async function resumeAfterFullDisk(cell: Cell, states: DomainStates): Promise<void> {
    for (const name of Object.keys(states).filter((one) => states[one] === "paused")) {
        if ((await virsh(cell, ["domstate", "--reason", name])).includes("I/O error")) {
            await virsh(cell, ["resume", name]);
        }
    }
}

/** Forwards the ports that were forwarded before the lab stopped. */
async function exposeAgain(cell: Cell, log: (line: string) => void): Promise<void> {
    const ports = cell.record.exposed;
    if (ports.every(({ process }) => process !== undefined && isAlive(process))) {
        return;
    }
    await expose(cell, ports).catch((error: Error) => log(error.message));
}

/**
 * Saves the memory of all machines and ends every process of the cell; {@link startLab} restores the lab.
 *
 * @throws CellError when the lab is already stopped, or the disk is too small
 */
export async function stopLab(cell: Cell, log: (line: string) => void): Promise<void> {
    if (!hasNamespaces(cell)) {
        throw new CellError(`The lab of the stack ${cell.record.stack} is already stopped.`);
    }
    await ensureLibvirt(cell);
    await completeOperation(cell, log);
    const states = Object.values(await domainStates(cell));
    if (states.some((state) => state !== "shut off")) {
        await saveMachines(cell, cell.stopped, { resume: false, volumes: false, log });
    }
    endExposure(cell);
    await endNamespaces(cell);
}
