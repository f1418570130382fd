import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/lib/run";
import { sharedConnection } from "../../../lab/lib/ssh";
import type { LabStack } from "../../../lab/lib/stack";
import type { Step } from "./console";

/** Seconds for one command: a certificate may take minutes under software emulation. */
const commandDeadline = 900;

/** A contestant: logs in to host and lb as `user`, with the password, on a terminal. */
export class Contestant {
    private constructor(
        private readonly stack: LabStack,
        private readonly directory: string,
    ) {}

    static async arrive(stack: LabStack): Promise<Contestant> {
        const directory = await mkdtemp(join(tmpdir(), "contestant-"));
        await writeFile(join(directory, "known_hosts"), stack.knownHosts);
        return new Contestant(stack, directory);
    }

    /** Runs a document's command. A pipe fails if one of its commands fails. Output and errors are as on a terminal. */
    async run({ machine, directory, command }: Step): Promise<{ exitCode: number | undefined; printed: string }> {
        const { exitCode, stdout, stderr } = await run(
            "ssh",
            [...this.options(), "-tt", this.login(machine), `set -o pipefail; cd ${directory} || exit\n${command}`],
            { env: this.environment(), deadline: commandDeadline },
        );
        // On stderr is only the output of SSH.
        return { exitCode, printed: (stdout + stderr).replaceAll("\r", "") };
    }

    /** Logs out. */
    async leave(): Promise<void> {
        for (const machine of ["host", "lb"] as const) {
            await run("ssh", [...this.options(), "-O", "exit", this.login(machine)]);
        }
        await rm(this.directory, { recursive: true, force: true });
    }

    private login(machine: Step["machine"]): string {
        return `user@${this.stack.machines[machine]}`;
    }

    private environment(): NodeJS.ProcessEnv {
        const answer = join(__dirname, "..", "password.sh");
        return { SSH_ASKPASS: answer, SSH_ASKPASS_REQUIRE: "force", TERM: "dumb" };
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
