import type { MachineName } from "../../infra/config/address-plan";
import { failureReason } from "./failure";
import type { Machines, RunOptions } from "./ssh";
import { UnreachableError } from "./unreachable-error";

/**
 * Runs a command as root that succeeds on every machine that works.
 *
 * @returns its standard output
 * @throws UnreachableError when it fails or the machine does not respond
 */
export async function runOnMachine(
    machines: Machines,
    machine: MachineName,
    command: string,
    options?: RunOptions,
): Promise<string> {
    const result = await machines.run(machine, command, options);
    if (result.exitCode !== 0) {
        throw new UnreachableError(
            `${machine}: ${failureReason(result)}. The command was: ${command}\nSee the machines' state: lab status`,
        );
    }
    return result.stdout;
}
