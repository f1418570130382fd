import { Cell } from "../cell/cell";
import { removeCell } from "../cell/lifetime";
import { exportStack, importStack } from "../lib/pulumi";
import { startFromTemplate, type Template } from "./template";

/**
 * Creates a cell with the template's lab for a stack without a lab. After a failure, the stack is empty again and the cell
 * is removed. `pulumi destroy` removes the lab.
 */
export async function startNewLab(template: Template, stack: string, log: (line: string) => void): Promise<void> {
    log(
        `Starting the lab ${stack} from the template ${template.name} of ${template.created.toISOString().slice(0, 16)}Z`,
    );
    // An interrupted start left the cell of an empty stack.
    const earlier = Cell.of(stack);
    await earlier?.locked(() => removeCell(earlier));
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
