import { Cell } from "../cell/cell";
import { removeCell } from "../cell/lifetime";
import { exportStack, importStack } from "../lib/pulumi";
import { startFromTemplate, type Template } from "./template";

/**
 * Gives a stack without a lab a cell with the template's lab. When that fails, the stack is empty again and the cell is gone.
 * `pulumi destroy` removes the lab.
 */
export async function startNewLab(template: Template, stack: string, log: (line: string) => void): Promise<void> {
    log(
        `Starting the lab ${stack} from the template ${template.name} of ${template.created.toISOString().slice(0, 16)}Z`,
    );
    // A cell of an empty stack is the rest of an interrupted start.
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
