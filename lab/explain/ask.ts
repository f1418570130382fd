import type { MachineName } from "../../infra/config/address-plan";
import type { Machines } from "../lib/ssh";
import { UnreachableError } from "../lib/stack";

/**
 * Runs a command that every machine of a living lab can.
 *
 * @returns what it printed
 * @throws UnreachableError when it fails or the machine does not answer
 */
export async function ask(machines: Machines, machine: MachineName, command: string): Promise<string> {
    const { exitCode, stdout, stderr } = await machines.run(machine, command);
    if (exitCode !== 0) {
        const why = stderr.trim() || (exitCode === undefined ? "no answer in time" : `exit code ${exitCode}`);
        throw new UnreachableError(`On ${machine} this failed: ${command}\n${why}\nHow the machines are: lab status`);
    }
    return stdout;
}
