import { join } from "node:path";
import { expect } from "vitest";
import type { MachineName } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { runChecks } from "../../lab/check/checks";
import { exitCodeOf } from "../../lab/check/judge";
import { run } from "../../lab/lib/run";
import { type CommandResult, Machines, type RunOptions } from "../../lab/lib/ssh";
import { type LabStack, outputsOf, readStack } from "../../lab/lib/stack";
import { virsh as virshAt } from "../../lab/lib/virsh";
import { waitFor } from "../../lab/lib/wait";
import { testStack } from "./stack";
import { type Ended, type Started, start } from "./start";

export { testStack };

/** Prefix of the test lab's libvirt objects. */
export const labName = `certificate-lab-${testStack}`;

/** Runs bin/pulumi on the test stack and shows its output. */
export async function pulumi(...args: string[]): Promise<Ended> {
    const { child, ended } = startPulumi(...args);
    child.stdout.pipe(process.stdout);
    child.stderr.pipe(process.stderr);
    return ended;
}

/** Starts bin/pulumi on the test stack. */
export function startPulumi(...args: string[]): Started {
    return start(join(repositoryRoot, "bin", "pulumi"), [...args, "--stack", testStack, "--non-interactive"]);
}

/** Starts a command of bin/lab on the test stack. */
export function startLab(...args: string[]): Started {
    return start(join(repositoryRoot, "bin", "lab"), ["--stack", testStack, ...args]);
}

/** Runs a command of bin/lab on the test stack. */
export function lab(...args: string[]): Promise<Ended> {
    return startLab(...args).ended;
}

/** Runs a command of bin/lab, which must end with 0, and returns its standard output. */
export async function labOutput(...args: string[]): Promise<string> {
    const { exitCode, stdout, all } = await lab(...args);
    expect(exitCode, all).toBe(0);
    return stdout;
}

/** Runs virsh on the test lab's hypervisor and returns its standard output. */
export function virsh(...args: string[]): Promise<string> {
    return virshAt("qemu:///system")(args, { timeout: 120 });
}

/** Waits until a condition holds; the default deadline (seconds) is wide enough for software emulation. */
export async function until(what: string, condition: () => Promise<boolean>, deadline = 900): Promise<void> {
    await waitFor(what, condition, { deadline, interval: 5, maximumInterval: 5 });
}

/** Whether `user` gets in with the problem's password, as a contestant does. */
export async function passwordLogin(address: string): Promise<boolean> {
    const { stdout } = await run(
        "ssh",
        [
            ...["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=30"],
            ...["PubkeyAuthentication=no", "NumberOfPasswordPrompts=1"],
        ]
            .flatMap((option) => ["-o", option])
            .concat(`user@${address}`, "id --user --name"),
        {
            env: { SSH_ASKPASS: join(__dirname, "password.sh"), SSH_ASKPASS_REQUIRE: "force" },
            deadline: 120,
        },
    );
    return stdout.trim() === "user";
}

/** Connections to the test lab; close them when done. */
export async function connect(): Promise<{ stack: LabStack; machines: Machines }> {
    const stack = outputsOf(await readStack(testStack));
    return { stack, machines: await Machines.connect(stack) };
}

/** Runs a command as root that must end with 0; where it doesn't, the failure shows what it complained of. */
export async function succeed(
    machines: Machines,
    machine: MachineName,
    command: string,
    options?: RunOptions,
): Promise<void> {
    const { exitCode, stderr } = await machines.run(machine, command, options);
    expect(exitCode, `${command}\n${stderr}`).toBe(0);
}

/** Runs a command on host as the contestant. */
export function onHost(machines: Machines, command: string): Promise<CommandResult> {
    return machines.run("host", `su --login user --command '${command}'`);
}

/** `kubectl get cert` as the contestant runs it. */
export async function certificateLine(machines: Machines): Promise<string> {
    return (await onHost(machines, "kubectl get cert")).stdout;
}

/** What `lab check` would end with. */
export async function verdict(machines: Machines, stack: LabStack): Promise<0 | 1 | 2> {
    return exitCodeOf(await runChecks(machines, stack));
}
