import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/lib/run";
import { sharedConnection } from "../../../lab/lib/ssh";
import type { LabStack } from "../../../lab/lib/stack";
import { passwordEnvironment } from "../machines";
import type { Step } from "./console";

/** Seconds for one command: a certificate may need minutes under software emulation. */
const commandDeadline = 900;

/** SSH logins to host and lb as `user`, with the password and a terminal. */
export class Contestant {
    private constructor(
        private readonly stack: LabStack,
        private readonly directory: string,
    ) {}

    /** {@link leave} removes its files. */
    static async arrive(stack: LabStack): Promise<Contestant> {
        const directory = await mkdtemp(join(tmpdir(), "contestant-"));
        await writeFile(join(directory, "known_hosts"), stack.knownHosts);
        return new Contestant(stack, directory);
    }

    /** Runs a document's command. A pipe fails with any of its commands; output and errors are as on a terminal. */
    async run({ machine, directory, command }: Step): Promise<{ exitCode: number | undefined; printed: string }> {
        const { exitCode, stdout, stderr } = await run(
            "ssh",
            [...this.options(), "-tt", this.login(machine), `set -o pipefail; cd ${directory} || exit\n${command}`],
            { env: { ...passwordEnvironment, TERM: "dumb" }, deadline: commandDeadline },
        );
        // SSH writes its messages to standard error.
        return { exitCode, printed: (stdout + stderr).replaceAll("\r", "") };
    }

    /** Closes the connections. */
    async leave(): Promise<void> {
        for (const machine of ["host", "lb"] as const) {
            await run("ssh", [...this.options(), "-O", "exit", this.login(machine)], { deadline: 10 });
        }
        await rm(this.directory, { recursive: true, force: true });
    }

    private login(machine: Step["machine"]): string {
        return `user@${this.stack.machines[machine]}`;
    }

    private options(): string[] {
        return [
            ["PubkeyAuthentication", "no"],
            ["NumberOfPasswordPrompts", "1"],
        ]
            .flatMap(([name, value]) => ["-o", `${name}=${value}`])
            .concat(sharedConnection(this.directory));
    }
}
