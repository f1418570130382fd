import type { Command } from "commander";
import { failureExitCode, unreachableExitCode } from "./exit-codes";
import { table } from "./table";

const documented = new WeakSet<Command>();

/** Whether a command's help lists its exit codes. */
export function hasDocumentedExitCodes(command: Command): boolean {
    return documented.has(command);
}

/**
 * Adds a command's exit codes to its help, with those that all commands have in common.
 *
 * @param codes exit codes and their meanings, which replace the common ones; a word such as `other` means several codes
 */
export function documentExitCodes(command: Command, codes: Record<string, string>): Command {
    const all = {
        [unreachableExitCode]: "there is no lab, or it does not respond",
        [failureExitCode]: "the command failed: wrong usage or an error of the command itself",
        ...codes,
    };
    const lines = table(Object.entries(all)).map((line) => `  ${line}`);
    documented.add(command);
    return command.addHelpText("after", `\nExit codes:\n${lines.join("\n")}`);
}
