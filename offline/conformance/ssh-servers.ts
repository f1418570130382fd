import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import execa, { type ExecaChildProcess } from "execa";
import { until } from "./until";

type Connection = command.types.input.remote.ConnectionArgs;

/** Root's password on both servers. */
export const password = "conformance";

/** A name of the target that only the machine itself can resolve: who connects to it has come through the jump host. */
const targetName = "target.internal";

/** Two OpenSSH servers in the machine's root file system, on the loopback address. */
export class SshServers {
    private readonly processes: ExecaChildProcess[] = [];

    /** The machine's files, seen from outside. */
    readonly machine: string;
    /** Logs in to the target as root; its host key is pinned. */
    readonly target: Connection & { privateKey: string; hostKey: string };
    /** Logs in to the target through the other server, by a name that only that one knows. */
    readonly throughJumpHost: Connection;

    private constructor(machine: string) {
        this.machine = machine;
        const keys = "/conformance";
        mkdirSync(join(machine, keys), { mode: 0o755 });
        for (const name of ["client", "jump-host", "target"]) {
            execa.sync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(machine, keys, name)]);
        }
        const read = (name: string) => readFileSync(join(machine, keys, name), "utf8");
        const connection = (name: string, port: number) => ({
            host: "127.0.0.1",
            port,
            user: "root",
            privateKey: read("client"),
            hostKey: read(`${name}.pub`),
            dialErrorLimit: 2,
        });
        this.target = connection("target", 2022);
        this.throughJumpHost = { ...this.target, host: targetName, proxy: connection("jump-host", 2122) };
        writeFileSync(join(machine, "etc/hosts"), `127.0.0.1 localhost ${targetName}\n`);
        mkdirSync(join(machine, "run/sshd"));
        execa.sync("chroot", [machine, "chpasswd"], { input: `root:${password}` });
        this.start("target", 2022);
        this.start("jump-host", 2122);
    }

    /** Starts both, and returns once they answer. */
    static async start(): Promise<SshServers> {
        const machine = process.env.CONFORMANCE_MACHINE;
        if (machine === undefined) {
            throw new Error("CONFORMANCE_MACHINE is not set: run the suite by offline/test-plugins.sh");
        }
        const servers = new SshServers(machine);
        for (const port of [2022, 2122]) {
            await until(`sshd on port ${port}`, async () => {
                const { stdout } = await execa("ssh-keyscan", ["-p", `${port}`, "127.0.0.1"], { reject: false });
                return stdout.includes("ssh-ed25519");
            });
        }
        return servers;
    }

    private start(name: string, port: number): void {
        const config = {
            ListenAddress: `127.0.0.1:${port}`,
            HostKey: `/conformance/${name}`,
            AuthorizedKeysFile: "/conformance/client.pub",
            PermitRootLogin: "yes",
            UsePAM: "no",
            AcceptEnv: "GREETING PULUMI_COMMAND_*",
            Subsystem: "sftp internal-sftp",
            PidFile: "none",
        };
        const options = Object.entries(config).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
        const server = execa("chroot", [this.machine, "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", ...options], {
            stdio: "ignore",
        });
        // Ended by stop, it has no news.
        server.catch(() => {});
        this.processes.push(server);
    }

    stop(): void {
        for (const server of this.processes) {
            server.kill();
        }
    }
}
