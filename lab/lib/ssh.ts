import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MachineName } from "../../infra/config/address-plan";
import { attach, type Output, run } from "./run";
import type { LabStack } from "./stack";

export type { Output } from "./run";

/** Addresses, private key and host keys of a lab's machines. */
export type MachineAccess = Pick<LabStack, "machines" | "provisionerKey" | "knownHosts">;

/** Output and exit code of a command on a machine; the exit code is 255 when SSH failed. */
export interface CommandResult extends Output {
    machine: MachineName;
    command: string;
    /** Time of its end, ISO 8601. */
    when: string;
}

export interface RunOptions {
    stdin?: string;
    /** Seconds; default 120. */
    deadline?: number;
}

/** Bytes that a machine may print to standard output or standard error before the connection to it is cut. */
const maximumOutput = 16 * 1024 * 1024;

/** Runs commands on the lab's machines as root: OpenSSH with pinned host keys and one connection for each machine. */
export class Machines {
    private readonly connecting = new Map<MachineName, Promise<Output>>();
    private closed = false;

    private constructor(
        private readonly addresses: Record<MachineName, string>,
        private readonly directory: string,
    ) {}

    /** Close it: until then, a private directory has the key. */
    static async connect(access: MachineAccess): Promise<Machines> {
        const directory = await privateDirectory();
        await writeFile(join(directory, "key"), access.provisionerKey, { mode: 0o600 });
        await writeFile(join(directory, "known_hosts"), access.knownHosts);
        return new Machines(access.machines, directory);
    }

    /** Runs a command in root's login shell. The deadline includes the time to connect. */
    async run(
        machine: MachineName,
        command: string,
        { stdin, deadline = 120 }: RunOptions = {},
    ): Promise<CommandResult> {
        const end = Date.now() + deadline * 1000;
        const connected = await this.connected(machine, deadline);
        const left = Math.max(1, (end - Date.now()) / 1000);
        const ended = connected.exitCode === 0 ? await this.ssh(machine, [command], left, stdin) : connected;
        return { machine, command, ...ended, when: new Date().toISOString() };
    }

    /** Opens the connection that commands share. Concurrent first commands would open one each. */
    private async connected(machine: MachineName, deadline: number): Promise<Output> {
        const connecting =
            this.connecting.get(machine) ?? this.ssh(machine, [], deadline, undefined, ["-M", "-N", "-f"]);
        this.connecting.set(machine, connecting);
        const ended = await connecting;
        if (ended.exitCode !== 0) {
            this.connecting.delete(machine);
        }
        return ended;
    }

    private async ssh(
        machine: MachineName,
        command: string[],
        deadline: number,
        stdin?: string,
        options: string[] = [],
    ): Promise<Output> {
        return run("ssh", [...options, ...this.options(), `root@${this.addresses[machine]}`, ...command], {
            stdin,
            deadline,
            maximumOutput,
        });
    }

    /**
     * Runs a command with this process' terminal, or a login shell without one.
     *
     * @param options terminal: whether the command has one; stdout: a file descriptor in place of the terminal
     * @returns its exit code; 255 when SSH failed (ssh(1))
     */
    attach(
        machine: MachineName,
        command?: string,
        { terminal = process.stdin.isTTY, stdout }: { terminal?: boolean; stdout?: number } = {},
    ): Promise<number> {
        const options = [...(terminal ? ["-t"] : []), ...this.options(), `root@${this.addresses[machine]}`];
        return attach("ssh", [...options, ...(command === undefined ? [] : [command])], { stdout });
    }

    /**
     * A program with its arguments that runs a command in root's login shell, for a process that outlives a call.
     * {@link close} ends it.
     */
    session(machine: MachineName, command: string): [program: string, ...args: string[]] {
        return ["ssh", ...this.options(), `root@${this.addresses[machine]}`, command];
    }

    /** Closes the connections and removes the key. */
    async close(): Promise<void> {
        if (this.closed) {
            return;
        }
        this.closed = true;
        await Promise.all(
            [...this.connecting.keys()].map((name) =>
                run("ssh", [...this.options(), "-O", "exit", `root@${this.addresses[name]}`], { deadline: 10 }),
            ),
        );
        await removePrivateDirectory(this.directory);
    }

    private options(): string[] {
        return [
            ["IdentityFile", join(this.directory, "key")],
            ["IdentitiesOnly", "yes"],
            ["BatchMode", "yes"],
        ]
            .flatMap(([name, value]) => ["-o", `${name}=${value}`])
            .concat(sharedConnection(this.directory));
    }
}

const privateDirectories = new Set<string>();

/** Ends the process with the signal, after the directories are removed. */
function endBySignal(signal: NodeJS.Signals): void {
    removeAllPrivateDirectories();
    process.kill(process.pid, signal);
}

function removeAllPrivateDirectories(): void {
    for (const directory of privateDirectories) {
        rmSync(directory, { recursive: true, force: true });
    }
}

/** A directory of this process, which is removed when the process ends: also by an error or by SIGINT, SIGTERM, SIGHUP. */
export async function privateDirectory(): Promise<string> {
    if (privateDirectories.size === 0) {
        process.on("exit", removeAllPrivateDirectories);
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.once(signal, endBySignal);
        }
    }
    const directory = await mkdtemp(join(tmpdir(), "lab-"));
    privateDirectories.add(directory);
    return directory;
}

/** Removes a directory of {@link privateDirectory}. */
export async function removePrivateDirectory(directory: string): Promise<void> {
    await rm(directory, { recursive: true, force: true });
    privateDirectories.delete(directory);
    if (privateDirectories.size === 0) {
        process.off("exit", removeAllPrivateDirectories);
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.off(signal, endBySignal);
        }
    }
}

/**
 * Options (ssh(1), ssh_config(5)) for pinned host keys and one connection for each machine. The user's and the system's
 * configuration do not apply; nothing of the operator's machine is forwarded.
 *
 * @param directory has known_hosts, and receives the connections' sockets
 */
export function sharedConnection(directory: string): string[] {
    const options = [
        ["UserKnownHostsFile", join(directory, "known_hosts")],
        ["GlobalKnownHostsFile", "/dev/null"],
        ["StrictHostKeyChecking", "yes"],
        ["UpdateHostKeys", "no"],
        ["IdentityAgent", "none"],
        ["ForwardAgent", "no"],
        ["ForwardX11", "no"],
        ["ClearAllForwardings", "yes"],
        ["PermitLocalCommand", "no"],
        ["LogLevel", "ERROR"],
        ["ConnectTimeout", "30"],
        // The connections to a paused or disconnected machine stay open.
        ["ServerAliveInterval", "15"],
        ["ServerAliveCountMax", "4"],
        // A handshake takes an emulated machine a second or two.
        ["ControlMaster", "auto"],
        ["ControlPath", join(directory, "%h")],
        // Also the limit for connections of a process that was killed.
        ["ControlPersist", "60"],
    ];
    return ["-F", "none", ...options.flatMap(([name, value]) => ["-o", `${name}=${value}`])];
}
