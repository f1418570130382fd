import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { type AttachOptions, attach } from "../lib/run";

/** Runs bin/pulumi for the repository's project, as {@link attach} does; returns its exit code. */
export function runPulumi(args: readonly string[], options: Omit<AttachOptions, "cwd"> = {}): Promise<number> {
    return attach(join(repositoryRoot, "bin", "pulumi"), args, { ...options, cwd: repositoryRoot });
}
