import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import { run } from "../../lab/lib/run";
import { until } from "./until";

/** Folder on the machine with the client's and the server's keys. */
const keys = "/conformance";
const port = 2022;

/** An OpenSSH server in a separate root file system, on the loopback address. */
export class SshServer {
    /** Logs in as root; the host key is pinned. */
    readonly connection: command.types.input.remote.ConnectionArgs;

    private constructor(
        /** The machine's root file system. */
        readonly machine: string,
        private readonly process: ChildProcess,
    ) {
        const read = (name: string) => readFileSync(join(machine, keys, name), "utf8");
        this.connection = {
            host: "127.0.0.1",
            port,
            user: "root",
            privateKey: read("client"),
            hostKey: read("server.pub"),
            dialErrorLimit: 2,
        };
    }

    /** Starts the server in the root file system that CONFORMANCE_MACHINE names; resolves when it responds. */
    static async start(): Promise<SshServer> {
        const machine = process.env.CONFORMANCE_MACHINE;
        if (machine === undefined) {
            throw new Error("CONFORMANCE_MACHINE is not set. Run the suite with offline/test-plugins.sh");
        }
        mkdirSync(join(machine, keys), { mode: 0o755 });
        mkdirSync(join(machine, "run/sshd"));
        for (const name of ["client", "server"]) {
            execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(machine, keys, name)]);
        }
        const config = {
            ListenAddress: `127.0.0.1:${port}`,
            HostKey: `${keys}/server`,
            AuthorizedKeysFile: `${keys}/client.pub`,
            PermitRootLogin: "yes",
            UsePAM: "no",
            PidFile: "none",
        };
        const options = Object.entries(config).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
        const server = spawn("chroot", [machine, "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", ...options], {
            stdio: "ignore",
        });
        await until(`sshd on port ${port}`, async () => {
            const { stdout } = await run("ssh-keyscan", ["-p", `${port}`, "127.0.0.1"], { deadline: 10 });
            return stdout.includes("ssh-ed25519");
        });
        return new SshServer(machine, server);
    }

    stop(): void {
        this.process.kill();
    }
}
