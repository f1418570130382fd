import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";

/** Result of a command. */
export interface Output {
    /**
     * Undefined when a deadline, a signal or the limit of its output ended the command; 255 when SSH to a machine failed
     * (ssh(1)).
     */
    exitCode: number | undefined;
    /** Without the final line end. */
    stdout: string;
    stderr: string;
}

export interface RunOptions {
    /** Default: empty. */
    stdin?: string;
    /** Default: the working directory of this process. */
    cwd?: string;
    /** Added to this process' environment. */
    env?: NodeJS.ProcessEnv;
    /** Seconds until the command is killed; default: none. */
    deadline?: number;
    /** Bytes on standard output or standard error after which the command is killed; default: 256 MiB. */
    maximumOutput?: number;
}

/** The command does not exist or cannot be started. */
export class NotStartedError extends Error {}

/** Milliseconds from SIGTERM to SIGKILL. */
const grace = 2000;

const running = new Set<ChildProcess>();

// A child survives its parent unless it is killed.
process.on("exit", () => {
    for (const child of running) {
        child.kill();
    }
});

/**
 * Runs a command to its end; any exit code is a result, not an error. Without a shell.
 *
 * @throws NotStartedError when the command does not exist or cannot be started
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
    const { stdin = "", cwd, env, deadline, maximumOutput = 256 * 1024 * 1024 } = options;
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    running.add(child);
    let killed = false;
    const end = () => {
        killed = true;
        kill(child);
    };
    const timer = deadline === undefined ? undefined : setTimeout(end, deadline * 1000);
    // A command that does not read its input closes the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    try {
        const output = (stream: Readable) => textOf(stream, maximumOutput, end);
        const [exitCode, stdout, stderr] = await Promise.all([
            ended(child),
            output(child.stdout),
            output(child.stderr),
        ]);
        return {
            // ssh(1) ends with 255 when it is killed.
            exitCode: killed ? undefined : exitCode,
            stdout: withoutFinalLineEnd(stdout),
            stderr: withoutFinalLineEnd(stderr),
        };
    } finally {
        clearTimeout(timer);
        running.delete(child);
        child.stdout.destroy();
        child.stderr.destroy();
    }
}

/** Text of a stream to its end or up to a number of bytes. @param exceeded called once when there are more */
async function textOf(stream: Readable, limit: number, exceeded: () => void): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of stream) {
        // Later chunks are read and dropped, so that the command is not stopped at a full pipe.
        if (length <= limit) {
            chunks.push(chunk);
            length += chunk.length;
            if (length > limit) {
                exceeded();
            }
        }
    }
    return Buffer.concat(chunks).subarray(0, limit).toString();
}

function ended(child: ChildProcess): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        child.on("error", (error) => reject(new NotStartedError(`Cannot start ${child.spawnfile}: ${error.message}`)));
        child.on("exit", (code) => resolve(code ?? undefined));
    });
}

/** Ends a command, also one that ignores SIGTERM or whose own children keep its output open. */
function kill(child: ChildProcess): void {
    child.kill();
    const forced = setTimeout(() => {
        child.kill("SIGKILL");
        child.stdout?.push(null);
        child.stderr?.push(null);
    }, grace);
    child.once("close", () => clearTimeout(forced));
}

function withoutFinalLineEnd(output: string): string {
    return output.replace(/\r?\n$/, "");
}

export interface AttachOptions {
    /** Added to this process' environment. */
    env?: NodeJS.ProcessEnv;
    /** As for {@link run}. */
    cwd?: string;
    /** A file descriptor in place of the terminal. */
    stdout?: number;
    /** A file descriptor in place of the terminal. */
    stderr?: number;
}

/**
 * Runs a command with this process' terminal. Ctrl-C ends the command, and this process waits for that.
 *
 * @returns its exit code; 128 + the signal's number when a signal ended it, as in sh(1)
 * @throws NotStartedError when the command does not exist or cannot be started
 */
export async function attach(
    command: string,
    args: readonly string[],
    { env, cwd, stdout, stderr }: AttachOptions = {},
): Promise<number> {
    const stdio = ["inherit", stdout ?? "inherit", stderr ?? "inherit"] as const;
    const child = spawn(command, args, { stdio: [...stdio], cwd, env: { ...process.env, ...env } });
    const ignore = () => {};
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", ignore);
    process.on("SIGTERM", pass).on("SIGHUP", pass);
    try {
        return await new Promise((resolve, reject) => {
            child.on("error", (error) => reject(new NotStartedError(`Cannot start ${command}: ${error.message}`)));
            child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
        });
    } finally {
        process.off("SIGINT", ignore);
        process.off("SIGTERM", pass).off("SIGHUP", pass);
    }
}
