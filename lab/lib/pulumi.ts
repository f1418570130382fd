import { delimiter, join, resolve } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../../infra/config/config-files";
import { parseJson } from "./json";
import { NotStartedError, type Output, type RunOptions, run } from "./run";
import { UnreachableError } from "./unreachable-error";

/** A stack's state as `pulumi stack export` prints it, https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype#UntypedDeployment */
export interface Deployment {
    version: number;
    deployment: Record<string, unknown>;
}

const whoamiSchema = z.object({ url: z.string() });

const deploymentSchema = z.looseObject({ version: z.number(), deployment: z.record(z.string(), z.unknown()) });

/** Seconds that Pulumi may take to read or write a stack: the backend may be remote. */
const deadline = 120;

/** A failed command of Pulumi. */
export class PulumiError extends UnreachableError {}

/**
 * Runs the `pulumi` on PATH in the repository, non-interactively. PULUMI_HOME, PULUMI_BACKEND_URL and the passphrase come
 * from the environment. The wrapper bin/pulumi is skipped: it calls the lab's commands.
 *
 * @returns any exit code is a result
 * @throws PulumiError when there is no `pulumi`
 */
export async function pulumi(args: readonly string[], options: RunOptions = {}): Promise<Output> {
    const path = (process.env.PATH ?? "")
        .split(delimiter)
        .filter((directory) => resolve(directory) !== join(repositoryRoot, "bin"))
        .join(delimiter);
    const command = [...args, "--non-interactive", "--color", "never"];
    try {
        return await run("pulumi", command, { cwd: repositoryRoot, ...options, env: { ...options.env, PATH: path } });
    } catch (error) {
        if (!(error instanceof NotStartedError)) {
            throw error;
        }
        throw new PulumiError("There is no pulumi on PATH. Install it: make setup");
    }
}

/** The name of the selected stack; undefined when none is selected. */
export async function selectedStack(): Promise<string | undefined> {
    const { exitCode, stdout } = await pulumi(["stack", "--show-name"]);
    return exitCode === 0 ? stdout.trim() : undefined;
}

/**
 * Creates an empty stack without selecting it; does nothing when it exists. `pulumi stack rm` removes it.
 *
 * @throws PulumiError when Pulumi rejects the name
 */
export async function createStack(name: string): Promise<void> {
    await succeed(["stack", "init", "--no-select", ...stackOption(name)]).catch((error: PulumiError) => {
        if (!error.message.includes("already exists")) {
            throw error;
        }
    });
}

/** Makes a stack the selected one. @throws PulumiError when there is no such stack */
export async function selectStack(name: string): Promise<void> {
    await succeed(["stack", "select", ...stackOption(name)]);
}

/**
 * Removes a stack and forgets its resources; does nothing when there is none. Pulumi then deselects the selected stack, also
 * another one, so the selection is restored.
 */
export async function removeStack(name: string): Promise<void> {
    const selected = await selectedStack();
    await pulumi(["stack", "rm", "--force", "--yes", name]);
    if (selected !== undefined && selected !== name) {
        await selectStack(selected);
    }
}

/** The URL of Pulumi's backend; undefined when Pulumi is not logged in to one. */
export async function backendUrl(): Promise<string | undefined> {
    if (process.env.PULUMI_BACKEND_URL) {
        return process.env.PULUMI_BACKEND_URL;
    }
    const { exitCode, stdout } = await pulumi(["whoami", "--json"]);
    return exitCode === 0 ? whoamiSchema.parse(JSON.parse(stdout)).url : undefined;
}

/**
 * Reads the state of a stack.
 *
 * @param stack default: the selected stack
 * @param options showSecrets: secrets in plain text instead of encrypted; default false
 * @throws PulumiError when there is no such stack or its secrets cannot be decrypted
 */
export async function exportStack(stack?: string, { showSecrets = false } = {}): Promise<Deployment> {
    const args = ["stack", "export", ...(showSecrets ? ["--show-secrets"] : []), ...stackOption(stack)];
    const exported = deploymentSchema.safeParse(parseJson(await succeed(args)));
    if (!exported.success) {
        throw new PulumiError(`pulumi stack export printed no state: ${exported.error.message}`);
    }
    return exported.data;
}

/**
 * Replaces the state of a stack. Undone by importing the state that was exported before.
 *
 * @throws PulumiError when Pulumi rejects the state; then nothing is changed
 */
export async function importStack(stack: string, deployment: Deployment): Promise<void> {
    await succeed(["stack", "import", ...stackOption(stack)], { stdin: JSON.stringify(deployment) });
}

/**
 * A stack's configuration: the project's keys without their namespace.
 *
 * @param stack default: the selected stack
 * @throws PulumiError when there is no such stack
 */
export async function stackConfig(stack?: string): Promise<Record<string, string>> {
    const valuesSchema = z.record(z.string(), z.looseObject({ value: z.string().optional() }));
    const values = valuesSchema.parse(JSON.parse(await succeed(["config", "--json", ...stackOption(stack)])));
    return Object.fromEntries(
        Object.entries(values).flatMap(([key, { value }]) =>
            value === undefined ? [] : [[key.slice(key.indexOf(":") + 1), value]],
        ),
    );
}

/** @throws PulumiError with Pulumi's reason and a remedy */
async function succeed(args: readonly string[], options?: RunOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await pulumi(args, { deadline, ...options });
    if (exitCode === 0) {
        return stdout;
    }
    const ending = exitCode === undefined ? `no response within ${deadline} s` : `exit code ${exitCode}`;
    const reason = stderr.trim().replace(/^error: /, "") || ending;
    const remedy = /no stack named|no stack selected/.test(reason) ? "\nBuild a lab: make up" : "";
    throw new PulumiError(`pulumi ${args.slice(0, 2).join(" ")} failed: ${reason}${remedy}`);
}

function stackOption(stack: string | undefined): string[] {
    return stack === undefined ? [] : ["--stack", stack];
}
