import { spawn } from "node:child_process";
import { NotStartedError, type RunOptions, run } from "../lib/run";

/** A command failed; `message` names it and ends with the last line of its standard error. */
export class CommandError extends Error {}

/** Directories of system programs, which an ordinary user's PATH lacks on Debian. */
const systemPrograms = "/usr/local/sbin:/usr/sbin:/sbin";

/** This process' environment with the system programs at the end of PATH. */
export function systemEnvironment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${process.env.PATH}:${systemPrograms}` };
}

/**
 * Runs a command that must end with 0 and returns its standard output.
 *
 * @param options deadline: seconds, default 60
 * @throws CommandError
 */
export async function succeed(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const [program = "", ...args] = command;
    const { exitCode, stdout, stderr } = await run(program, args, {
        deadline: 60,
        ...options,
        env: { ...systemEnvironment(), LC_ALL: "C", ...options.env },
    }).catch((error: unknown) => {
        throw error instanceof NotStartedError ? new CommandError(`${error.message}. Install it: make setup`) : error;
    });
    if (exitCode !== 0) {
        const ending = exitCode === undefined ? "no end before its deadline" : `exit code ${exitCode}`;
        throw new CommandError(`${command.join(" ")}: ${stderr.trim().split("\n").at(-1) || ending}`);
    }
    return stdout;
}

/** Starts a command in a separate session that outlives this process; returns its process ID. */
export function startDaemon(command: readonly string[]): number {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { env: systemEnvironment(), stdio: "ignore", detached: true });
    child.on("error", () => {}); // the wait for the daemon detects it
    child.unref();
    return child.pid ?? -1;
}
