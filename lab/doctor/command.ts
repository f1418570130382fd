import { join } from "node:path";
import { type Command, Option } from "commander";
import { repositoryRoot } from "../../infra/config/config-files";
import { doctor } from "./main.ts";

/** Adds `lab doctor`. The program `lab` starts main.mjs instead where npm packages are not installed yet. */
export function addDoctorCommand(program: Command): void {
    program
        .command("doctor")
        .description("check every precondition of make up")
        .addOption(new Option("--json", "the results as JSON").conflicts("quiet"))
        .option("--quiet", "only warnings and failures")
        .action(async (options: { json?: boolean; quiet?: boolean }) => {
            const { stack } = program.opts();
            const main = join(repositoryRoot, "lab", "doctor", "main.mjs");
            process.exitCode = await doctor({ ...options, stack }, repositoryRoot, main);
        });
}
