import { spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";

/** Runs bin/pulumi with this process' terminal in the repository; returns its exit code. */
export function runPulumi(args: readonly string[]): Promise<number> {
    const child = spawn(join(repositoryRoot, "bin", "pulumi"), args, { stdio: "inherit", cwd: repositoryRoot });
    // Ctrl-C reaches Pulumi as well, which ends the update in order.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code) => {
            process.off("SIGINT", ignore);
            resolve(code ?? 1);
        });
    });
}
