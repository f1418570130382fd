import type { CommandResult } from "./ssh";

/** Why a command on a machine failed, in a line. kubectl logs first, and says at the end what is wrong. */
export function problemOf({ exitCode, stderr }: Pick<CommandResult, "exitCode" | "stderr">): string {
    if (exitCode === undefined) {
        return "no answer in time";
    }
    const line = stderr.trim().split("\n").at(-1) ?? "";
    return line.replace(/^ssh: connect to host \S+ port \d+: /, "SSH: ") || `ended with ${exitCode}`;
}
