import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { Cell } from "../../lab/cell/cell";
import { virsh } from "../../lab/cell/libvirt";
import { domainStates } from "../../lab/checkpoint/domains";
import { removeStack } from "../../lab/lib/pulumi";
import { waitFor } from "../../lab/lib/wait";
import { type Ended, type Started, start } from "../start";

/** Prefix of the names of a lab's libvirt objects: the default of the setting `name`. */
export const labName = projectName;

export interface TestLabOptions {
    /** The clone of the repository; default: this one. */
    root?: string;
    /** Added to the environment of all commands. */
    env?: NodeJS.ProcessEnv;
}

/** A stack of the life-cycle tests, and its lab. Outside of the lab's cell. */
export class TestLab {
    private readonly root: string;
    private readonly env: NodeJS.ProcessEnv;

    constructor(
        readonly stack: string,
        { root = repositoryRoot, env = {} }: TestLabOptions = {},
    ) {
        this.root = root;
        this.env = env;
    }

    /** The broken lab on a new stack: from a template, or built where none matches. {@link remove} removes it. */
    static async start(stack: string, options?: TestLabOptions): Promise<TestLab> {
        const lab = new TestLab(stack, options);
        await lab.remove();
        await lab.labOutput("up");
        return lab;
    }

    /** Starts a command of bin/lab. */
    startLab(...args: string[]): Started {
        return this.start("lab", ["--stack", this.stack, ...args]);
    }

    /** Runs a command of bin/lab. */
    lab(...args: string[]): Promise<Ended> {
        return this.startLab(...args).ended;
    }

    /** Runs a command of bin/lab that must end with 0, and returns its standard output. */
    async labOutput(...args: string[]): Promise<string> {
        const { exitCode, stdout, all } = await this.lab(...args);
        expect(exitCode, `lab ${args.join(" ")}\n${all}`).toBe(0);
        return stdout;
    }

    /** Starts bin/pulumi. */
    startPulumi(...args: string[]): Started {
        return this.start("pulumi", [...args, "--stack", this.stack, "--non-interactive"]);
    }

    /** Runs bin/pulumi. */
    pulumi(...args: string[]): Promise<Ended> {
        return this.startPulumi(...args).ended;
    }

    /** Runs bin/pulumi, which must end with 0. */
    async pulumiOutput(...args: string[]): Promise<string> {
        const { exitCode, stdout, all } = await this.pulumi(...args);
        expect(exitCode, `pulumi ${args.join(" ")}\n${all}`).toBe(0);
        return stdout;
    }

    /** Runs a command as root on a machine, which must end with 0, and returns its standard output without the last line end. */
    async on(machine: MachineName, command: string): Promise<string> {
        return (await this.labOutput("exec", machine, "--", command)).replace(/\n$/, "");
    }

    /** The exit code of `lab check`, which waits for a new state. */
    async verdict(): Promise<number | undefined> {
        return (await this.lab("check", "--deadline", "0")).exitCode;
    }

    /** Waits until the lab is graded with an exit code. */
    async becomes(wanted: 0 | 1): Promise<void> {
        const isReached = async () => (await this.verdict()) === wanted;
        await until(`the verdict ${wanted} of ${this.stack}`, isReached);
    }

    /** The lab's cell; undefined when it has none. Only in this clone. */
    findCell(): Cell | undefined {
        return Cell.of(this.stack);
    }

    get cell(): Cell {
        const cell = this.findCell();
        if (cell === undefined) {
            throw new Error(`The stack ${this.stack} has no cell`);
        }
        return cell;
    }

    /** Runs virsh(1) in the cell. */
    virsh(...args: string[]): Promise<string> {
        return virsh(this.cell, args);
    }

    /** Names of the machines that do not run. */
    async notRunning(): Promise<string[]> {
        const states = await domainStates(this.cell);
        return machineNames.filter((name) => states[`${labName}-${name}`] !== "running");
    }

    /** Removes the lab in any state, and its stack. */
    async remove(): Promise<void> {
        const cell = this.findCell();
        if (cell !== undefined) {
            await this.labOutput("cells", "--remove", cell.id);
        }
        if (this.root === repositoryRoot) {
            await removeStack(this.stack);
        } else {
            await this.start("pulumi", ["stack", "rm", "--yes", "--force", this.stack]).ended;
        }
        rmSync(join(this.root, `Pulumi.${this.stack}.yaml`), { force: true });
    }

    private start(program: "lab" | "pulumi", args: string[]): Started {
        return start(join(this.root, "bin", program), args, { cwd: this.root, env: this.env });
    }
}

/** Waits until a condition holds; the default deadline (seconds) is wide enough for software emulation. */
export async function until(what: string, condition: () => Promise<boolean>, deadline = 900): Promise<void> {
    await waitFor(what, condition, { deadline, interval: 0.5, maximumInterval: 3 });
}

/** Seconds that some work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
    const start = Date.now();
    await work();
    return (Date.now() - start) / 1000;
}
