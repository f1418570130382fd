import { labNamesIn, resourcesOf } from "../lib/deployment";
import { exportStack, PulumiError } from "../lib/pulumi";
import { CellError } from "./cell";
import { stateFolder } from "./state-folder";

/**
 * Checks that a stack without a cell has no lab. In a new cell, `pulumi up` would report a lab that does not exist, and
 * `pulumi refresh` would remove it from the state.
 *
 * @throws CellError with the remedies
 */
export async function requireNoLostLab(stack: string): Promise<void> {
    const deployment = await exportStack(stack).catch((error: unknown) => {
        // There is no such stack; or Pulumi reports the reason in the command that follows.
        if (error instanceof PulumiError) {
            return undefined;
        }
        throw error;
    });
    if (deployment === undefined || labNamesIn(resourcesOf(deployment)).size === 0) {
        return;
    }
    throw new CellError(
        `The state of the stack ${stack} contains a lab, but ${stateFolder()} contains no cell of it. ` +
            "Another user or another LAB_STATE may have it; use these.\n" +
            `If the cell was removed, remove the state, then build again: pulumi stack rm --force --preserve-config --yes ${stack}`,
    );
}
