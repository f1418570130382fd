import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { repositoryRoot } from "../infra/config/config-files";

/** Result of a program of the repository. */
export interface Ended {
    /** Undefined when a signal ended the program. */
    exitCode: number | undefined;
    stdout: string;
    /** Standard output and standard error, in order. */
    all: string;
}

/** A program that was started. */
export interface Started {
    child: ChildProcessByStdio<null, Readable, Readable>;
    ended: Promise<Ended>;
}

export interface StartOptions {
    /** Default: the repository. */
    cwd?: string;
    /** Added to this process' environment. */
    env?: NodeJS.ProcessEnv;
}

/** Starts a program in a separate process group, without standard input. */
export function start(
    command: string,
    args: readonly string[],
    { cwd = repositoryRoot, env }: StartOptions = {},
): Started {
    const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, all] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        all += text;
    });
    const ended = once(child, "close").then(([code]: (number | null)[]) => ({
        exitCode: code ?? undefined,
        stdout,
        all,
    }));
    return { child, ended };
}
