import { existsSync } from "node:fs";
import { endExposure } from "../access/expose";
import { interruptedOperation } from "../checkpoint/operation";
import { placeFolder } from "../checkpoint/save";
import { startLab } from "../power/power";
import { Cell, CellError } from "./cell";
import { ensureLibvirt, virshNames } from "./libvirt";
import { requireNoLostLab } from "./lost-lab";
import { commandsIn, endNamespaces, hasNamespaces } from "./namespaces";

export interface OpenOptions {
    /** Whether a stopped lab is started; default true. */
    machines?: boolean;
    /** Receives a line before a step that takes seconds. */
    log: (line: string) => void;
}

/**
 * The stack's cell with libvirtd running, and the lab's machines; created when the stack has none. A new cell is removed when
 * it does not start.
 *
 * @throws CellError when the stack's lab has lost its cell
 */
export async function openCell(stack: string, { machines = true, log }: OpenOptions): Promise<Cell> {
    const isNew = Cell.of(stack) === undefined;
    if (isNew) {
        await requireNoLostLab(stack);
    }
    const cell = Cell.of(stack) ?? Cell.create(stack);
    await cell.locked(async () => {
        try {
            await (machines ? startLab(cell, log) : ensureLibvirt(cell));
        } catch (error) {
            if (isNew) {
                await removeCell(cell);
            }
            throw error;
        }
    });
    return cell;
}

/** Ends the cell's processes and removes its files, also those of an interrupted save. Cell.locked must be held. */
export async function removeCell(cell: Cell): Promise<void> {
    endExposure(cell);
    await endNamespaces(cell);
    const operation = interruptedOperation(cell);
    if (operation?.kind === "save") {
        // Templates are outside of the cell's folder.
        await placeFolder(operation);
    }
    cell.remove();
}

/** @throws CellError while a command of bin/pulumi works in the cell */
export function requireUnused(cell: Cell): void {
    const [pid] = commandsIn(cell);
    if (pid !== undefined) {
        throw new CellError(
            `Process ${pid} works on the lab of the stack ${cell.record.stack}. Wait for its end, or end it: kill ${pid}`,
        );
    }
}

/** Removes a cell without machines, networks and pools, in which no command works. */
export async function removeIfEmpty(cell: Cell): Promise<void> {
    if (!existsSync(cell.folder)) {
        return;
    }
    await cell.locked(async () => {
        if (!hasNamespaces(cell) || commandsIn(cell).length > 0) {
            return;
        }
        const [domains, networks, pools] = await Promise.all([
            virshNames(cell, "list", "--all"),
            virshNames(cell, "net-list", "--all"),
            virshNames(cell, "pool-list", "--all"),
        ]);
        if (domains.length + networks.length + pools.length === 0) {
            await removeCell(cell);
        }
    });
}
