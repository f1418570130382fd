import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import type { MachineName } from "../../infra/config/address-plan";
import type { LabStack } from "./stack";

/** What it takes to reach a lab's machines. */
export type MachineAccess = Pick<LabStack, "machines" | "provisionerKey" | "knownHosts">;

/** What a command printed and how it ended. */
export interface Output {
    /** Undefined when a deadline cut the command off; on a machine, 255 when SSH itself failed. */
    exitCode: number | undefined;
    stdout: string;
    stderr: string;
}

/** What a command on a machine printed and how it ended. */
export interface CommandResult extends Output {
    machine: MachineName;
    command: string;
    /** When it ended, ISO 8601. */
    when: string;
}

export interface RunOptions {
    stdin?: string;
    /** Seconds; default 120. */
    deadline?: number;
}

/** Runs commands on the lab's machines as root, by OpenSSH with pinned host keys and one connection a machine. */
export class Machines {
    private readonly connecting = new Map<MachineName, Promise<Output>>();

    private constructor(
        private readonly addresses: Record<MachineName, string>,
        private readonly directory: string,
    ) {}

    static async connect(access: MachineAccess): Promise<Machines> {
        const directory = await mkdtemp(join(tmpdir(), "lab-"));
        await writeFile(join(directory, "key"), access.provisionerKey, { mode: 0o600 });
        await writeFile(join(directory, "known_hosts"), access.knownHosts);
        return new Machines(access.machines, directory);
    }

    async run(
        machine: MachineName,
        command: string,
        { stdin = "", deadline = 120 }: RunOptions = {},
    ): Promise<CommandResult> {
        const connected = await this.connected(machine, deadline);
        const ended = connected.exitCode === 0 ? await this.ssh(machine, command, deadline, stdin) : connected;
        return { machine, command, ...ended, when: new Date().toISOString() };
    }

    /** The first command makes the connection, alone: of several at once each would, and all but one complain. */
    private async connected(machine: MachineName, deadline: number): Promise<Output> {
        const connecting = this.connecting.get(machine) ?? this.ssh(machine, "true", deadline);
        this.connecting.set(machine, connecting);
        const ended = await connecting;
        if (ended.exitCode !== 0) {
            this.connecting.delete(machine);
        }
        return ended;
    }

    private async ssh(machine: MachineName, command: string, deadline: number, input = ""): Promise<Output> {
        const { exitCode, stdout, stderr } = await execa(
            "ssh",
            [...this.options(), `root@${this.addresses[machine]}`, command],
            { input, reject: false, timeout: deadline * 1000 },
        );
        return { exitCode, stdout, stderr };
    }

    /** Closes the connections and forgets the key. */
    async close(): Promise<void> {
        for (const address of Object.values(this.addresses)) {
            await execa("ssh", [...this.options(), "-O", "exit", `root@${address}`], {
                reject: false,
                timeout: 10_000,
            });
        }
        await rm(this.directory, { recursive: true, force: true });
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

/**
 * Options (ssh_config(5)) for pinned host keys and one connection a machine, which its commands share.
 *
 * @param directory holds known_hosts, and the connections' sockets
 */
export function sharedConnection(directory: string): string[] {
    return [
        ["UserKnownHostsFile", join(directory, "known_hosts")],
        ["StrictHostKeyChecking", "yes"],
        ["LogLevel", "ERROR"],
        ["ConnectTimeout", "30"],
        // A handshake takes an emulated machine a second or two.
        ["ControlMaster", "auto"],
        ["ControlPath", join(directory, "%h")],
        ["ControlPersist", "600"],
    ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
