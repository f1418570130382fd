import { Machines } from "./ssh";
import { type LabStack, outputsOf, readStack, type Stack } from "./stack";

/**
 * Runs one of the lab's commands with connections to its machines, and sets the process' exit code to the command's.
 *
 * @param stackName default: the selected stack
 * @param work receives the stack's outputs, and the whole stack
 * @throws UnreachableError when there is no lab that is completely built
 */
export async function withLab(
    stackName: string | undefined,
    work: (machines: Machines, outputs: LabStack, stack: Stack) => Promise<number>,
): Promise<void> {
    const stack = await readStack(stackName);
    const outputs = outputsOf(stack);
    const machines = await Machines.connect(outputs);
    try {
        process.exitCode = await work(machines, outputs, stack);
    } finally {
        await machines.close();
    }
}
