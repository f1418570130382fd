import { spawn } from "node:child_process";
import { once } from "node:events";
import {
    accessSync,
    closeSync,
    constants,
    globSync,
    mkdirSync,
    mkdtempSync,
    openSync,
    readFileSync,
    rmSync,
    statSync,
} from "node:fs";
import { statfs } from "node:fs/promises";
import { connect } from "node:net";
import { freemem, constants as osConstants, tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { writeAtomically } from "./write-atomically.ts";

/** Output and end of a program. */
export interface CommandOutput {
    /**
     * 128 and the signal's number when a signal ended the program, as in sh(1). Undefined when it is not installed or was
     * killed at its deadline.
     */
    exitCode: number | undefined;
    stdout: string;
    /** The reason in one line when `exitCode` is undefined. */
    stderr: string;
}

export interface RunOptions {
    /** Seconds; default 4. */
    deadline?: number;
    /** Standard input; default: empty. */
    input?: string;
}

/** A socket of this machine that leads to a socket of another one. */
export interface Tunnel {
    /** Path of the local socket; undefined when no connection was made. */
    socket: string | undefined;
    /** All messages of ssh(1) up to now. */
    messages(): string;
    /** Ends the connection and removes the socket. */
    close(): Promise<void>;
}

/** Metadata of a file, stat(2). */
export interface FileFacts {
    uid: number;
    gid: number;
    /** Number of the file system. */
    device: number;
    size: number;
    /** Milliseconds since 1970. */
    modified: number;
}

/**
 * The facts that the checks decide on. Tests replace them.
 *
 * Everything here works before a package is installed: only Node.js itself is needed.
 */
export interface HostFacts {
    /** As in `process.arch`: x64, arm64. */
    readonly architecture: string;
    /** The process' user. `groups` contains the primary group. */
    readonly user: { name: string; uid: number; groups: readonly number[] };
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Whether a password can be read from the terminal. */
    readonly hasTerminal: boolean;
    /** Runs a program without a terminal, in English, until its deadline. Does not reject. */
    run(program: string, args: readonly string[], options?: RunOptions): Promise<CommandOutput>;
    /** Path of an installed program; undefined when there is none. */
    findProgram(name: string): string | undefined;
    /** Content of a file; undefined when it is missing or not readable. */
    readText(path: string): string | undefined;
    /** Existing files that a pattern with wildcards names. */
    glob(pattern: string): string[];
    /** Writes a file and its folders at once; does nothing where that is not permitted. For caches only. */
    writeText(path: string, content: string): void;
    /** Undefined when the file is missing. Follows symbolic links. */
    stat(path: string): FileFacts | undefined;
    /** Opens a device for reading and writing, and closes it; undefined when that works, else a code such as EACCES. */
    openDevice(path: string): string | undefined;
    /** Connects to a Unix socket, and disconnects; undefined when that works, else a code such as ECONNREFUSED. */
    connect(path: string): Promise<string | undefined>;
    isWritable(path: string): boolean;
    /** MiB of memory that new processes can get: MemAvailable, at most the limit of the process' control group. */
    freeMemory(): number;
    /** MiB free for this user in the file system of an existing path. */
    freeDisk(path: string): Promise<number>;
    /**
     * Forwards a local socket to a socket of another machine, with `ssh -N -L`.
     *
     * @param options ssh(1)'s options and destination
     * @param deadline seconds for the connection
     */
    openTunnel(options: readonly string[], socket: string, deadline: number): Promise<Tunnel>;
}

/** Folders of administration programs, which an ordinary user's PATH lacks on Debian. */
const administration = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

const searchPath = [...(process.env.PATH ?? "").split(delimiter), ...administration];

/** English messages; no program opens a window for a password. */
const environment = { ...process.env, PATH: searchPath.join(delimiter), LC_ALL: "C", SSH_ASKPASS_REQUIRE: "never" };

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);

/** The machine that this process runs on. */
export const localHost: HostFacts = {
    architecture: process.arch,
    user: {
        name: userInfo().username,
        uid: process.geteuid?.() ?? -1,
        groups: [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])],
    },
    environment: process.env,
    // sudo reads passwords from the controlling terminal, not from standard input.
    hasTerminal: openError("/dev/tty") === undefined,

    async run(program, args, { deadline = 4, input = "" } = {}) {
        // In a session without a terminal no program can wait for a password there.
        const child = spawn(program, args, { env: environment, detached: true });
        child.stdin.on("error", () => {}); // a program may end without reading its input
        child.stdin.end(input);
        const noResult = (reason: string): CommandOutput => ({ exitCode: undefined, stdout: "", stderr: reason });
        const finished = new Promise<CommandOutput>((resolve) => {
            child.on("error", (error) =>
                resolve(noResult(codeOf(error) === "ENOENT" ? `${program} is not installed` : error.message)),
            );
            Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
                ([[code, signal], stdout, stderr]) =>
                    resolve({ exitCode: code ?? 128 + osConstants.signals[signal as NodeJS.Signals], stdout, stderr }),
                () => {}, // the error event reports it
            );
        });
        const timer = new AbortController();
        const late = setTimeout(deadline * 1000, undefined, { signal: timer.signal }).then(() => {
            killGroup(child.pid);
            return noResult(`${program} did not end within ${deadline} s`);
        });
        late.catch(() => {}); // aborted
        return Promise.race([finished, late]).finally(() => timer.abort());
    },
    findProgram: (name) =>
        searchPath
            .filter((folder) => folder !== "")
            .map((folder) => join(folder, name))
            .find((path) => isAccessible(path, constants.X_OK)),
    readText: (path) => {
        try {
            return readFileSync(path, "utf8");
        } catch {
            return undefined;
        }
    },
    glob: (pattern) => globSync(pattern),
    writeText: (path, content) => {
        try {
            mkdirSync(dirname(path), { recursive: true });
            writeAtomically(path, content);
        } catch {} // see HostFacts
    },
    stat: (path) => {
        const stats = statSync(path, { throwIfNoEntry: false });
        return (
            stats && {
                uid: stats.uid,
                gid: stats.gid,
                device: stats.dev,
                size: stats.size,
                modified: stats.mtimeMs,
            }
        );
    },
    openDevice: openError,
    connect: (path) =>
        new Promise((resolve) => {
            const socket = connect(path);
            socket.setTimeout(2000, () => {
                socket.destroy();
                resolve("ETIMEDOUT");
            });
            socket.on("error", (error) => resolve(codeOf(error)));
            socket.on("connect", () => {
                socket.destroy();
                resolve(undefined);
            });
        }),
    isWritable: (path) => isAccessible(path, constants.W_OK),
    freeMemory: () => {
        const limit = process.constrainedMemory();
        return Math.floor((limit > 0 ? Math.min(freemem(), limit) : freemem()) / 2 ** 20);
    },
    freeDisk: async (path) => {
        const { bavail, bsize } = await statfs(path);
        return Math.floor((bavail * bsize) / 2 ** 20);
    },
    async openTunnel(options, socket, deadline) {
        const folder = mkdtempSync(join(tmpdir(), "lab-doctor-"));
        const local = join(folder, "socket");
        const ssh = spawn("ssh", ["-N", "-L", `${local}:${socket}`, ...options], {
            env: environment,
            stdio: ["ignore", "ignore", "pipe"],
            detached: true,
        });
        let messages = "";
        ssh.stderr.on("data", (chunk) => {
            messages += chunk;
        });
        let running = true;
        const ended = new Promise<void>((resolve) => {
            const end = () => {
                running = false;
                resolve();
            };
            ssh.on("error", (error) => {
                messages += codeOf(error) === "ENOENT" ? "ssh is not installed" : error.message;
                end();
            });
            ssh.on("exit", end);
        });
        const cleanUp = () => {
            killGroup(ssh.pid);
            rmSync(folder, { recursive: true, force: true });
        };
        process.once("exit", cleanUp); // also after a signal, which main.ts turns into an exit
        const end = Date.now() + deadline * 1000;
        // ssh creates the socket when the server has accepted the login.
        while (running && !isAccessible(local, constants.W_OK) && Date.now() < end) {
            await Promise.race([ended, setTimeout(20)]);
        }
        const connected = isAccessible(local, constants.W_OK);
        return {
            socket: connected ? local : undefined,
            messages: () => messages.trim() || (connected ? "" : `no connection within ${deadline} s`),
            close: async () => {
                cleanUp();
                process.removeListener("exit", cleanUp);
                await ended;
            },
        };
    },
};

/** Opens a device for reading and writing, and closes it; undefined when that works, else the error's code. */
function openError(path: string): string | undefined {
    try {
        closeSync(openSync(path, "r+"));
        return undefined;
    } catch (error) {
        return codeOf(error);
    }
}

function isAccessible(path: string, mode: number): boolean {
    try {
        accessSync(path, mode);
        return true;
    } catch {
        return false;
    }
}

/** Kills a process that was started with `detached`, and its children. */
function killGroup(pid: number | undefined): void {
    try {
        if (pid !== undefined) {
            process.kill(-pid, "SIGKILL");
        }
    } catch {
        // It has ended.
    }
}
