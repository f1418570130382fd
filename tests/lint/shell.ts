/** Checks every shell script of the repository with shellcheck: npm run lint:shell */
import { spawnSync } from "node:child_process";
import { isShellScript, sourceFiles } from "./files";

const scripts = sourceFiles().filter((file) => isShellScript(file));
const { error, status } = spawnSync("shellcheck", ["--external-sources", ...scripts], { stdio: "inherit" });
if (error) {
    console.error(`shellcheck cannot be run: ${error.message}. Install it: apt-get install shellcheck`);
}
process.exitCode = status ?? 1;
