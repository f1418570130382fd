import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { type MachineName, machineNames } from "../../infra/config/address-plan";
import { runChecks } from "../check/checks";
import { exitCodeOf } from "../check/judge";
import { recognizeSolutions } from "../check/solution";
import { kubectl } from "../lib/kubectl";
import type { Machines } from "../lib/ssh";
import { type LabStack, type Stack, UnreachableError } from "../lib/stack";
import { withLab } from "../lib/with-lab";
import { NoSnapshotError, revertToSnapshots, takeSnapshots, virshAt } from "./snapshots";

/** Seconds for which a machine that was put back may keep silent; wide enough for emulation. */
const answerDeadline = 300;

/** Adds `lab snapshot` and `lab reset`. */
export function addResetCommands(program: Command): void {
    const exitCodes = "Exit code: 0 done, 1 refused and nothing changed, 3 the lab can't be reached or libvirt fails.";
    program
        .command("snapshot")
        .description(`keep the broken lab as it is now, for lab reset to go back to\n${exitCodes}`)
        .action(() => withLab(program.opts().stack, snapshot));
    program
        .command("reset")
        .description(`put all machines back to the moment of lab snapshot, whatever was done to them\n${exitCodes}`)
        .action(() => withLab(program.opts().stack, reset));
}

const snapshot = async (machines: Machines, stack: LabStack, lab: Stack) => {
    const solutions = await recognizeSolutions(machines, stack);
    const changed =
        stack.state !== "broken" || solutions.length > 0 || exitCodeOf(await runChecks(machines, stack)) !== 1;
    if (changed) {
        return refuse("Only the broken lab is worth going back to, and this one was changed: lab check says what.");
    }
    console.error("All machines stand still while their memory is written");
    await takeSnapshots(virshAt(lab.libvirtUri), `${lab.labName}`);
    console.log("Kept. Back to this moment: lab reset");
    return 0;
};

const reset = async (machines: Machines, stack: LabStack, lab: Stack) => {
    const start = Date.now();
    if (lab.fixed !== "no" || lab.pending.length > 0) {
        return refuse("Pulumi's state has the solution, or an update that was interrupted: pulumi up -c fixed=false");
    }
    try {
        console.error("Putting six machines back");
        await revertToSnapshots(virshAt(lab.libvirtUri), `${lab.labName}`);
    } catch (error) {
        if (!(error instanceof NoSnapshotError)) {
            throw error;
        }
        return refuse(`${error.message}: lab snapshot takes them. Without them: pulumi destroy, then make up`);
    }
    console.error("Waiting until they answer");
    await Promise.all(machineNames.map((name) => answer(machines, name, "true")));
    await answer(machines, "k8s-master", `${kubectl} get --raw /readyz`);
    console.log(`The ${stack.state} lab is back after ${Math.round((Date.now() - start) / 1000)} s.`);
    return 0;
};

function refuse(why: string): number {
    console.error(why);
    return 1;
}

/** @throws UnreachableError when the machine does not run the command within the deadline */
async function answer(machines: Machines, name: MachineName, command: string): Promise<void> {
    const end = Date.now() + answerDeadline * 1000;
    while ((await machines.run(name, command, { deadline: 40 })).exitCode !== 0) {
        if (Date.now() > end) {
            throw new UnreachableError(`${name} does not answer ${answerDeadline} s after it was put back`);
        }
        await setTimeout(1000);
    }
}
