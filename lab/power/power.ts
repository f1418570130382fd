import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { endExposure, expose } from "../access/expose";
import { type Cell, CellError } from "../cell/cell";
import { ensureLibvirt } from "../cell/libvirt";
import { endNamespaces, hasNamespaces } from "../cell/namespaces";
import { bringTo, domainStates } from "../checkpoint/domains";
import { completeOperation, loadMachines } from "../checkpoint/load";
import { saveMachines } from "../checkpoint/save";

/** Memory of a lab that `lab stop` stopped; its disks are in place. */
const stoppedFolder = (cell: Cell) => join(cell.folder, "stopped");

/**
 * Makes the cell's libvirtd respond and its machines run: completes an interrupted operation, else starts a lab in which no
 * machine runs, from its saved memory where there is one, else by booting its disks. A machine that is off while others
 * run stays off. {@link stopLab} stops the lab. Cell.locked must be held.
 *
 * @param log receives a line before a step that takes seconds
 * @returns how the machines were started
 */
export async function startLab(cell: Cell, log: (line: string) => void): Promise<"was running" | "memory" | "boot"> {
    if (!hasNamespaces(cell)) {
        log("Starting libvirtd in the lab's cell");
    }
    await ensureLibvirt(cell);
    await completeOperation(cell);
    const saved = stoppedFolder(cell);
    const domains = Object.entries(await domainStates(cell));
    if (domains.length === 0 || domains.some(([, state]) => state !== "shut off")) {
        // Memory does not fit disks that a running guest has written to.
        await rm(saved, { recursive: true, force: true });
        return "was running";
    }
    if (await exists(saved)) {
        log("Restoring the machines from their saved memory");
        await loadMachines(cell, saved);
        await rm(saved, { recursive: true, force: true });
        await exposeAgain(cell, log);
        return "memory";
    }
    log("Booting the machines");
    await bringTo(cell, Object.fromEntries(domains.map(([name]) => [name, "running"])), saved);
    await exposeAgain(cell, log);
    return "boot";
}

/** Forwards the ports that were forwarded before the lab stopped. */
async function exposeAgain(cell: Cell, log: (line: string) => void): Promise<void> {
    const ports = cell.record.exposed;
    cell.update({ exposed: [] });
    await expose(cell, ports).catch((error: Error) => log(error.message));
}

/**
 * Saves the memory of all machines and ends every process of the cell; {@link startLab} brings the lab back.
 *
 * @throws CellError when the lab is stopped already, or the disk is too small
 */
export async function stopLab(cell: Cell): Promise<void> {
    if (!hasNamespaces(cell)) {
        throw new CellError(`The lab of the stack ${cell.record.stack} is stopped already.`);
    }
    await ensureLibvirt(cell);
    await completeOperation(cell);
    const states = Object.values(await domainStates(cell));
    if (states.some((state) => state !== "shut off")) {
        await saveMachines(cell, stoppedFolder(cell), { resume: false, volumes: false });
    }
    endExposure(cell);
    await endNamespaces(cell);
}

function exists(path: string): Promise<boolean> {
    return stat(path).then(
        () => true,
        () => false,
    );
}
