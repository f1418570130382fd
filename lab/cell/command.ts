import type { Command } from "commander";
import { Cell, CellError, cellIds, ownCellIds, removeUnreadable } from "./cell";
import { removeCell } from "./lifetime";
import { endUnrecorded, hasNamespaces } from "./namespaces";
import { outside } from "./outside";

/** Adds `lab cells`. */
export function addCellsCommand(program: Command): void {
    program
        .command("cells")
        .description("list the cells of all clones; a cell contains the libvirtd of one lab")
        .option("--json", "print the list as JSON")
        .option("--remove <id>", "end the processes of a cell and remove its files, also when its record is damaged")
        .option("--remove-own", "do the same for all cells of this clone, as make clean does")
        .action(({ json, remove, removeOwn }: { json?: boolean; remove?: string; removeOwn?: boolean }) =>
            outside("", async () => {
                if (removeOwn) {
                    for (const id of ownCellIds()) {
                        await removeById(id);
                        console.log(`Removed the cell ${id}.`);
                    }
                    return 0;
                }
                if (remove !== undefined) {
                    await removeById(remove);
                    console.log(`Removed the cell ${remove}.`);
                    return 0;
                }
                const cells = cellIds().map((id) => describe(id, Cell.open(id)));
                console.log(
                    json ? JSON.stringify(cells) : cells.map((cell) => Object.values(cell).join("  ")).join("\n"),
                );
                return 0;
            }),
        );
}

async function removeById(id: string): Promise<void> {
    if (!cellIds().includes(id)) {
        throw new CellError(`There is no cell ${id}. List the existing ones: lab cells`);
    }
    const cell = Cell.open(id);
    if (cell === undefined) {
        await endUnrecorded(id);
        removeUnreadable(id);
    } else {
        await cell.locked(() => removeCell(cell));
    }
}

function describe(id: string, cell: Cell | undefined) {
    if (cell === undefined) {
        return { id, state: "broken" };
    }
    const { stack, rootless } = cell.record;
    const state = hasNamespaces(cell) ? "running" : "stopped";
    return { id, state, stack, kind: rootless ? "rootless" : "root", repository: cell.repository };
}
