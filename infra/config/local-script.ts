import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./config-files";

/**
 * Inputs of a command.local.Command that runs a bash script of the repository. They contain the script's text, so that
 * the state contains no path; the script takes its arguments from the environment.
 *
 * @param path relative to the repository's root
 */
export function localScript(path: string): { interpreter: string[]; create: string } {
    return { interpreter: ["bash", "-c"], create: readFileSync(join(repositoryRoot, path), "utf8") };
}
