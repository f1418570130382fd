import { Cell, CellError } from "../cell/cell";
import { removeCell, requireUnused } from "../cell/lifetime";
import { exportStack, importStack } from "../lib/pulumi";
import { readStack } from "../lib/stack";
import { startFromTemplate, type Template } from "./template";

/**
 * Creates a cell with the template's lab for a stack without a lab. After a failure, the stack is empty again and the cell
 * is removed. `pulumi destroy` removes the lab.
 */
export async function startNewLab(template: Template, stack: string, log: (line: string) => void): Promise<void> {
    log(
        `Starting the lab ${stack} from the template ${template.name} of ${template.created.toISOString().slice(0, 16)}Z`,
    );
    await discardCell(stack);
    const empty = await exportStack(stack);
    const cell = Cell.create(stack);
    try {
        await cell.locked(() => startFromTemplate(cell, template, log));
    } catch (error) {
        await cell.locked(() => removeCell(cell));
        await importStack(stack, empty);
        throw error;
    }
}

/**
 * Removes the cell of an empty stack, which an interrupted start left.
 *
 * @throws CellError while another command builds the lab, and when one has built it meanwhile
 */
export async function discardCell(stack: string): Promise<void> {
    const cell = Cell.of(stack);
    await cell?.locked(async () => {
        requireUnused(cell);
        if ((await readStack(stack)).built !== "nothing") {
            throw new CellError(
                `Another command built the lab of the stack ${stack}. See it: lab --stack ${stack} status`,
            );
        }
        await removeCell(cell);
    });
}
