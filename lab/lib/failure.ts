import type { Output } from "./run";

/** The reason why a command on a machine failed, in one line. kubectl logs first and ends with the reason. */
export function failureReason({ exitCode, stderr }: Pick<Output, "exitCode" | "stderr">): string {
    if (exitCode === undefined) {
        return "no response in time";
    }
    const line = stderr.trim().split("\n").at(-1) ?? "";
    return line.replace(/^ssh: connect to host \S+ port \d+: /, "SSH: ") || `exit code ${exitCode}`;
}
