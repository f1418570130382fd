import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";

/** The stack that Pulumi's arguments name, without organization and project; undefined when they name none. */
export function stackOfArguments(args: readonly string[]): string | undefined {
    const index = args.findIndex((argument) => argument === "--stack" || argument === "-s");
    const joined = args.map((argument) => argument.match(/^(?:--stack=|-s=?)(.+)$/)?.[1]).find((name) => name);
    const name = index >= 0 ? args[index + 1] : joined;
    return name?.split("/").at(-1);
}

/** Clears what an interrupted update of the stack left. */
export async function recoverStack(stack: string): Promise<void> {
    const { status } = spawnSync(join(repositoryRoot, "lab", "recover", "recover.sh"), ["up", "--stack", stack], {
        stdio: "inherit",
    });
    if (status !== 0) {
        process.exit(1);
    }
}
