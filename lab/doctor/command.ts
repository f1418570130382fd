import { join } from "node:path";
import { type Command, Option } from "commander";
import { repositoryRoot } from "../../infra/config/config-files";
import { documentExitCodes } from "../lib/document-exit-codes";
import { doctor } from "./main.ts";

/** Adds `lab doctor`. Where npm packages are not installed yet, main.mjs runs it without the program `lab`. */
export function addDoctorCommand(program: Command): void {
    const command = program
        .command("doctor")
        .description("check every precondition of make up; changes nothing")
        .addOption(new Option("--json", "print the results as JSON").conflicts("quiet"))
        .option("--quiet", "print only warnings and failures")
        .action(async (options: { json?: boolean; quiet?: boolean }) => {
            const { stack } = program.opts();
            const main = join(repositoryRoot, "lab", "doctor", "main.mjs");
            process.exitCode = await doctor({ ...options, stack }, repositoryRoot, main);
        });
    documentExitCodes(command, {
        0: "the lab can be built here; warnings do not count",
        1: "something must be fixed first",
    });
}
