import { SettingsError } from "../../infra/config/settings";
import { selectedStack } from "../lib/pulumi";
import { UnreachableError } from "../lib/unreachable-error";
import { Cell, CellError } from "./cell";
import { usesCell } from "./enter";
import { CommandError } from "./run";

/** Exit codes of the commands that work on cells, for their help texts. */
export const cellExitCodes = "Exit code: 0 done, 1 refused and nothing changed, 3 the lab or libvirt does not respond.";

/**
 * Runs one of the commands that work on a cell from outside, and sets the process' exit code.
 *
 * @param stackName default: the selected stack
 * @param work receives the stack's name and a function for progress, a line each on standard error
 */
export async function outside(
    stackName: string | undefined,
    work: (stack: string, log: (line: string) => void) => Promise<number>,
): Promise<void> {
    try {
        const stack = stackName ?? (await selectedStack());
        if (stack === undefined) {
            throw new CellError("No stack is selected. Select one: pulumi stack select NAME, or build a lab: make up");
        }
        process.exitCode = await work(stack, (line) => console.error(line));
    } catch (error) {
        if (error instanceof CellError || error instanceof SettingsError) {
            process.exitCode = 1;
        } else if (error instanceof UnreachableError || error instanceof CommandError) {
            process.exitCode = 3;
        } else {
            throw error;
        }
        console.error(error.message);
    }
}

/** The stack's cell. @throws CellError when the stack has none */
export function cellOf(stack: string): Cell {
    const cell = Cell.of(stack);
    if (cell !== undefined) {
        return cell;
    }
    throw new CellError(
        usesCell(stack)
            ? `The stack ${stack} has no lab. Build one: make up STACK=${stack}`
            : `The lab of the stack ${stack} runs outside of a cell, where libvirt's own tools save and start machines.`,
    );
}
