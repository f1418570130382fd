import { endExposure } from "../access/expose";
import { domainStates } from "../checkpoint/domains";
import { startLab } from "../power/power";
import { Cell } from "./cell";
import { ensureLibvirt, virshNames } from "./libvirt";
import { endNamespaces, hasNamespaces } from "./namespaces";

export interface OpenOptions {
    /** Whether a stopped lab is started; default true. */
    machines?: boolean;
    /** Receives a line before a step that takes seconds. */
    log: (line: string) => void;
}

/** The stack's cell with libvirtd running, and the lab's machines; created when the stack has none. */
export async function openCell(stack: string, { machines = true, log }: OpenOptions): Promise<Cell> {
    const cell = Cell.of(stack) ?? Cell.create(stack);
    await cell.locked(async () => {
        await (machines ? startLab(cell, log) : ensureLibvirt(cell));
    });
    return cell;
}

/** Ends the cell's processes and removes its files. Cell.locked must be held. */
export async function removeCell(cell: Cell): Promise<void> {
    endExposure(cell);
    await endNamespaces(cell);
    cell.remove();
}

/** Removes a cell without machines, networks and pools. */
export async function removeIfEmpty(cell: Cell): Promise<void> {
    await cell.locked(async () => {
        if (!hasNamespaces(cell)) {
            return;
        }
        const [domains, networks, pools] = await Promise.all([
            domainStates(cell),
            virshNames(cell, "net-list", "--all"),
            virshNames(cell, "pool-list", "--all"),
        ]);
        if (Object.keys(domains).length + networks.length + pools.length === 0) {
            await removeCell(cell);
        }
    });
}
