import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Result of a command. */
export interface Output {
    /** Undefined when a deadline or a signal ended the command; 255 when SSH to a machine failed (ssh(1)). */
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
    const { stdin = "", cwd, env, deadline } = options;
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    running.add(child);
    const timer = deadline === undefined ? undefined : setTimeout(() => kill(child), deadline * 1000);
    // A command that does not read its input closes the pipe.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    try {
        const [exitCode, stdout, stderr] = await Promise.all([ended(child), text(child.stdout), text(child.stderr)]);
        return { exitCode, stdout: withoutFinalLineEnd(stdout), stderr: withoutFinalLineEnd(stderr) };
    } finally {
        clearTimeout(timer);
        running.delete(child);
        child.stdout.destroy();
        child.stderr.destroy();
    }
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
