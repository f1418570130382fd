import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** A command failed; `message` names it and ends with the last line that it printed on its standard error. */
export class CommandError extends Error {
    constructor(
        readonly command: readonly string[],
        readonly exitCode: number | null,
        readonly stderr: string,
        timeout?: number,
    ) {
        const reason = timeout === undefined ? `exit code ${exitCode}` : `no end after ${timeout / 1000} s`;
        super(`${command.join(" ")}: ${stderr.trim().split("\n").at(-1) || reason}`);
    }
}

export interface RunOptions {
    /** Milliseconds; default 60 000. The command is killed then. */
    timeout?: number;
    stdin?: string;
    env?: NodeJS.ProcessEnv;
}

/** Directories of system programs, which an ordinary user's PATH lacks on Debian. */
const systemPrograms = "/usr/local/sbin:/usr/sbin:/sbin";

/** This process' environment with the system's programs at the end of PATH. */
export function systemEnvironment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${process.env.PATH}:${systemPrograms}`, LC_ALL: "C" };
}

/**
 * Runs a command and returns its standard output.
 *
 * @throws CommandError when it does not end with 0 within the timeout
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
    const { timeout = 60_000, stdin = "", env = systemEnvironment() } = options;
    const [program = "", ...args] = command;
    const child = spawn(program, args, { env, stdio: "pipe", timeout, killSignal: "SIGKILL" });
    child.stdin.on("error", () => {}); // the command may end without reading its input
    child.stdin.end(stdin);
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve({ code, signal }));
    });
    try {
        const [stdout, stderr, { code, signal }] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
        if (code !== 0) {
            throw new CommandError(command, code, stderr, signal === "SIGKILL" ? timeout : undefined);
        }
        return stdout;
    } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "ENOENT"
            ? new CommandError(command, null, `${program} is not installed: make setup`)
            : error;
    }
}

/** Starts a command in a session of its own that outlives this process; returns its process ID. */
export function startDaemon(command: readonly string[]): number {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { env: systemEnvironment(), stdio: "ignore", detached: true });
    child.on("error", () => {}); // noticed by the wait for what the daemon provides
    child.unref();
    return child.pid ?? -1;
}
