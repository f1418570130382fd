import { spawnSync } from "node:child_process";

/** The last commit before the convention for subjects. */
export const lastUnchecked = "e0dcb362a16f75cac3bc90d122873be6c672696b";

/**
 * Returns commitlint's arguments that select the commits to check: those after `base`, or only HEAD where the history
 * does not contain `base`, as in a shallow clone.
 */
export function commitRange(base: string, directory = "."): string[] {
    const options = { cwd: directory, stdio: "ignore" } as const;
    const isAncestor = spawnSync("git", ["merge-base", "--is-ancestor", base, "HEAD"], options).status === 0;
    return isAncestor ? ["--from", base] : ["--last"];
}
