import { Machines } from "./ssh";
import { type LabStack, readStack, UnreachableError } from "./stack";

/** Exit code of every command when there is no lab, or none that answers. */
export const unreachableExitCode = 3;

/**
 * Runs one of the lab's commands with connections to its machines, and sets the process' exit code to what it returns.
 * A lab that can't be reached is said in a line, with {@link unreachableExitCode}.
 *
 * @param stackName default: the selected stack
 */
export async function withLab(
    stackName: string | undefined,
    work: (machines: Machines, stack: LabStack) => Promise<number>,
): Promise<void> {
    let machines: Machines | undefined;
    try {
        const stack = await readStack(stackName);
        machines = await Machines.connect(stack);
        process.exitCode = await work(machines, stack);
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
