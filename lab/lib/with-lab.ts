import { Machines } from "./ssh";
import { type LabStack, outputsOf, readStack, type Stack } from "./stack";
import { UnreachableError } from "./unreachable-error";

/** Exit code of every command when there is no lab, or none that responds. */
export const unreachableExitCode = 3;

/**
 * Runs one of the lab's commands with connections to its machines, and sets the process' exit code to the command's.
 * An {@link UnreachableError} becomes a line on standard error and {@link unreachableExitCode}.
 *
 * @param stackName default: the selected stack
 * @param work receives the stack's outputs, and the whole stack
 */
export async function withLab(
    stackName: string | undefined,
    work: (machines: Machines, outputs: LabStack, stack: Stack) => Promise<number>,
): Promise<void> {
    let machines: Machines | undefined;
    try {
        const stack = await readStack(stackName);
        const outputs = outputsOf(stack);
        machines = await Machines.connect(outputs);
        process.exitCode = await work(machines, outputs, stack);
    } catch (error) {
        if (!(error instanceof UnreachableError)) {
            throw error;
        }
        console.error(error.message);
        process.exitCode = unreachableExitCode;
    } finally {
        await machines?.close();
    }
}
