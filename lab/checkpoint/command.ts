import type { Command } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { type Cell, CellError } from "../cell/cell";
import { requireUnused } from "../cell/lifetime";
import { inCell } from "../cell/namespaces";
import { cellOf, outside } from "../cell/outside";
import { succeed } from "../cell/run";
import { waitFor } from "../lib/wait";
import { startLab } from "../power/power";
import { currentKey } from "../template/current-key";
import { findTemplate, startFromTemplate } from "../template/template";
import { settingsOf } from "../up/settings";
import { defaultCheckpoint, listCheckpoints, loadCheckpoint, removeCheckpoint, saveCheckpoint } from "./checkpoints";
import { domainStates } from "./domains";
import { requireNoUpdate } from "./stack-state";

/** Seconds for the API server to respond after its machine was restored; 120 were not enough beside another emulated lab. */
const apiDeadline = 600;

/** Adds `lab snapshot`, `lab snapshots` and `lab reset`. */
export function addCheckpointCommands(program: Command): void {
    const stack = () => program.opts().stack as string | undefined;
    program
        .command("snapshot [name]")
        .description("save the lab as it is now: memory, disks and the stack's state")
        .option("--remove", "remove the snapshot")
        .action((name = defaultCheckpoint, { remove }: { remove?: boolean }) =>
            outside(
                stack(),
                async (stackName, log) => {
                    const cell = cellOf(stackName);
                    await cell.locked(async () => {
                        if (remove) {
                            await removeCheckpoint(cell, name);
                            console.log(`Removed the snapshot ${name}.`);
                            return;
                        }
                        requireUnused(cell);
                        await requireNoUpdate(stackName);
                        await startLab(cell, log);
                        log("Saving the machines: they pause for some seconds");
                        await saveCheckpoint(cell, name, log);
                        console.log(
                            `Saved the snapshot ${name}. Return to it: lab reset${name === defaultCheckpoint ? "" : ` ${name}`}`,
                        );
                    });
                    return 0;
                },
                { detached: true },
            ),
        );
    program
        .command("snapshots")
        .description("list the lab's snapshots")
        .option("--json", "print the list as JSON")
        .action(({ json }: { json?: boolean }) =>
            outside(stack(), async (stackName) => {
                const checkpoints = await listCheckpoints(cellOf(stackName));
                console.log(
                    json
                        ? JSON.stringify(checkpoints)
                        : checkpoints.map(({ name, created }) => `${created.toISOString()}  ${name}`).join("\n"),
                );
                return 0;
            }),
        );
    program
        .command("reset [name]")
        .description(
            "return to a snapshot, or to the broken lab of the template\n" +
                "Restores the machines and the stack's state, and discards all later changes.",
        )
        .action((name?: string) =>
            outside(
                stack(),
                async (stackName, log) => {
                    const start = Date.now();
                    const cell = cellOf(stackName);
                    await cell.locked(async () => {
                        requireUnused(cell);
                        await requireNoUpdate(stackName);
                        await reset(cell, name, log);
                    });
                    await awaitApi(cell, log);
                    console.log(`Reset after ${Math.round((Date.now() - start) / 1000)} s.`);
                    return 0;
                },
                { detached: true },
            ),
        );
}

/** Without a name: the default snapshot, else the template. */
async function reset(cell: Cell, name: string | undefined, log: (line: string) => void): Promise<void> {
    const names = (await listCheckpoints(cell)).map((checkpoint) => checkpoint.name);
    if (name !== undefined || names.includes(defaultCheckpoint)) {
        log(`Restoring the machines from the snapshot ${name ?? defaultCheckpoint}`);
        return loadCheckpoint(cell, name ?? defaultCheckpoint, log);
    }
    const template = await findTemplate(await currentKey(cell.record.stack), log);
    if (template === undefined) {
        throw new CellError(
            `There is no snapshot ${defaultCheckpoint} and no matching template. Save a snapshot first: lab snapshot`,
        );
    }
    log(`Restoring the machines from the template ${template.name}`);
    await startFromTemplate(cell, template, log);
}

/** Waits until the API server responds, unless its machine is off: the last service to respond. @throws DeadlineError */
async function awaitApi(cell: Cell, log: (line: string) => void): Promise<void> {
    const { network, name } = settingsOf(cell.record.stack);
    if ((await domainStates(cell))[`${name}-k8s-master`] !== "running") {
        return;
    }
    const { machines } = addressPlan(network);
    const url = `https://${machines["k8s-master"]}:6443/readyz`;
    log("The machines run. Waiting for the API server");
    const curl = ["curl", "--silent", "--fail", "--insecure", "--max-time", "10", url];
    await waitFor(
        `the API server at ${url}`,
        () =>
            succeed(inCell(cell, curl)).then(
                () => true,
                () => false,
            ),
        { deadline: apiDeadline, interval: 0.3, maximumInterval: 1 },
    );
}
