import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { attach } from "../lib/run";

/** Runs bin/pulumi with this process' terminal for the repository's project; returns its exit code. */
export function runPulumi(args: readonly string[]): Promise<number> {
    return attach(join(repositoryRoot, "bin", "pulumi"), args, { cwd: repositoryRoot });
}
