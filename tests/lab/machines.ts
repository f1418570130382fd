import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import execa from "execa";
import { repositoryRoot } from "../../infra/config-files";

/** The stack that the tests build and destroy. */
export const testStack = "test";

/** Runs the lab's pulumi on the test stack, its output shown as it comes. */
export async function pulumi(...args: string[]): Promise<{ exitCode: number; stdout: string }> {
    const process = execa(join(repositoryRoot, "bin", "pulumi"), [...args, "--stack", testStack, "--non-interactive"], {
        cwd: repositoryRoot,
        reject: false,
        stdin: "ignore",
    });
    process.stdout?.pipe(globalThis.process.stdout);
    process.stderr?.pipe(globalThis.process.stderr);
    return process;
}

/** Tries until it answers true; the deadline (seconds) is wide enough for software emulation. */
export async function until(what: string, condition: () => Promise<boolean>, deadline = 900): Promise<void> {
    const end = Date.now() + deadline * 1000;
    while (!(await condition())) {
        if (Date.now() > end) {
            throw new Error(`After ${deadline} s still waiting for: ${what}`);
        }
        await setTimeout(5000);
    }
}

/** Whether `user` gets in with the problem's password, as a contestant does. */
export async function passwordLogin(address: string): Promise<boolean> {
    const { stdout } = await execa(
        "ssh",
        [
            ...["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=30"],
            ...["PubkeyAuthentication=no", "NumberOfPasswordPrompts=1"],
        ]
            .flatMap((option) => ["-o", option])
            .concat(`user@${address}`, "id --user --name"),
        {
            env: { SSH_ASKPASS: join(__dirname, "password.sh"), SSH_ASKPASS_REQUIRE: "force" },
            stdin: "ignore",
            reject: false,
            timeout: 120_000,
        },
    );
    return stdout.trim() === "user";
}
