/**
 * Checks the subjects of commits with commitlint: npm run lint:commits
 * Commits up to `base` were made before the convention. A shallow clone does not contain it; there only HEAD is checked.
 */
import { spawnSync } from "node:child_process";

const base = "6770d167b871600f3443126d145c4e9767eb4ca2";

function isAncestor(commit: string): boolean {
    return spawnSync("git", ["merge-base", "--is-ancestor", commit, "HEAD"], { stdio: "ignore" }).status === 0;
}

const range = isAncestor(base) ? ["--from", base] : ["--last"];
const { status } = spawnSync("node_modules/.bin/commitlint", [...range, "--verbose"], { stdio: "inherit" });
process.exitCode = status ?? 1;
