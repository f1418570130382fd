import { join } from "node:path";
import execa from "execa";
import { z } from "zod";
import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";

const outputsSchema = z.object({
    state: z.enum(["broken", "solved"]),
    machines: z.record(z.enum(machineNames), z.string()),
    vip: z.string(),
    network: z.string(),
    domain: z.string(),
    provisionerKey: z.string(),
    knownHosts: z.string(),
    kubeconfig: z.string(),
});

/** What the stack says of its lab. */
export type LabStack = z.output<typeof outputsSchema> & { machines: Record<MachineName, string> };

/** The lab can't be reached or judged; `message` says why. */
export class UnreachableError extends Error {}

/**
 * Reads the outputs of a stack.
 *
 * @param stack its name; default the selected one
 * @throws UnreachableError when there is no such stack or its lab was never completely built
 */
export async function readStack(stack?: string): Promise<LabStack> {
    const args = ["stack", "output", "--json", "--show-secrets", ...(stack ? ["--stack", stack] : [])];
    const result = await execa(join(repositoryRoot, "bin", "pulumi"), args, { cwd: repositoryRoot, reject: false });
    if (result.exitCode !== 0) {
        throw new UnreachableError(`There is no lab: ${result.stderr}\nBuild one: make up`);
    }
    const parsed = outputsSchema.safeParse(JSON.parse(result.stdout));
    if (!parsed.success) {
        throw new UnreachableError("The lab is not completely built. Go on building it: make up");
    }
    return parsed.data as LabStack;
}
