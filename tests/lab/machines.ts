import { join } from "node:path";
import { expect } from "vitest";
import type { MachineName } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { isInCell } from "../../lab/cell/enter";
import { checkOnce, type LabCheck } from "../../lab/check/lab-check";
import { type ExitCode, exitCodeOf } from "../../lab/check/outcome";
import { solutionsIn } from "../../lab/check/solution";
import { run } from "../../lab/lib/run";
import { type CommandResult, Machines, type RunOptions } from "../../lab/lib/ssh";
import { type LabStack, outputsOf, readStack } from "../../lab/lib/stack";
import { virsh as virshAt } from "../../lab/lib/virsh";
import { waitFor } from "../../lab/lib/wait";
import { type Ended, type Started, start } from "../start";
import { testStack } from "./stack";

/** Prefix of the lab's libvirt objects: the default of the setting `name`. */
export const labName = projectName;

/** Runs bin/pulumi on the test stack. Prints the output of a command that failed. */
export async function pulumi(...args: string[]): Promise<Ended> {
    const command = [...args, "--stack", testStack, "--non-interactive"];
    const ended = await start(join(repositoryRoot, "bin", "pulumi"), command).ended;
    if (ended.exitCode !== 0) {
        console.error(`pulumi ${args.join(" ")}\n${ended.all}`);
    }
    return ended;
}

/** Starts a command of bin/lab on the test stack. */
export function startLab(...args: string[]): Started {
    return start(join(repositoryRoot, "bin", "lab"), ["--stack", testStack, ...args]);
}

/** Runs a command of bin/lab on the test stack, which must end with 0, and returns its standard output. */
export async function labOutput(...args: string[]): Promise<string> {
    const { exitCode, stdout, all } = await startLab(...args).ended;
    expect(exitCode, `lab ${args.join(" ")}\n${all}`).toBe(0);
    return stdout;
}

/** Runs virsh(1) on the lab's hypervisor. */
export const virsh = (...args: string[]) => virshAt("qemu:///system")(args);

/** Waits until a condition holds; the default deadline (seconds) is wide enough for software emulation. */
export async function until(what: string, condition: () => Promise<boolean>, deadline = 900): Promise<void> {
    await waitFor(what, condition, { deadline, interval: 2, maximumInterval: 5 });
}

/** Whether `user` can log in with the problem's password. Port: default 22. */
export async function passwordLogin(address: string, port = 22): Promise<boolean> {
    const options = [
        ...["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=30"],
        ...["PubkeyAuthentication=no", "NumberOfPasswordPrompts=1"],
    ].flatMap((option) => ["-o", option]);
    const { stdout } = await run(
        "ssh",
        ["-F", "none", ...options, "-p", String(port), `user@${address}`, "id --user --name"],
        { env: passwordEnvironment, deadline: 120 },
    );
    return stdout.trim() === "user";
}

/** Environment in which ssh(1) gets the contestants' password. */
export const passwordEnvironment = { SSH_ASKPASS: join(__dirname, "password.sh"), SSH_ASKPASS_REQUIRE: "force" };

/**
 * Connections to the test lab. Close them.
 *
 * @throws Error outside of the lab's cell
 */
export async function connect(): Promise<{ stack: LabStack; machines: Machines }> {
    if (!isInCell()) {
        throw new Error("These tests run in the cell of the test lab: make test TESTS=NAME");
    }
    const stack = outputsOf(await readStack(testStack));
    return { stack, machines: await Machines.connect(stack) };
}

/** Runs a command as root that must end with 0; the failure contains its standard error. */
export async function succeed(
    machines: Machines,
    machine: MachineName,
    command: string,
    options?: RunOptions,
): Promise<string> {
    const { exitCode, stdout, stderr } = await machines.run(machine, command, options);
    expect(exitCode, `${command}\n${stderr}`).toBe(0);
    return stdout;
}

/** Runs a command on host as the contestant. */
export function onHost(machines: Machines, command: string): Promise<CommandResult> {
    return machines.run("host", `su --login user --command '${command}'`);
}

/** `kubectl get cert` as the contestant runs it. */
export async function certificateLine(machines: Machines): Promise<string> {
    return (await onHost(machines, "kubectl get cert")).stdout;
}

/** The evidence and the outcomes of `lab check --deadline 0`. */
export async function examine(machines: Machines, stack: LabStack): Promise<LabCheck> {
    return checkOnce(machines, stack, await readStack(testStack));
}

/** The exit code of `lab check --deadline 0`, and the solutions that it names. */
export async function grade(machines: Machines, stack: LabStack): Promise<{ verdict: ExitCode; solutions: string[] }> {
    const { evidence, outcomes } = await examine(machines, stack);
    return { verdict: exitCodeOf(outcomes), solutions: solutionsIn(evidence) };
}
