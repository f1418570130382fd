import type { Command } from "commander";
import { requireUnused } from "../cell/lifetime";
import { cellOf, outside } from "../cell/outside";
import { startLab, stopLab } from "./power";

const how = {
    "was running": "The lab was already running.",
    memory: "The lab runs again.",
    boot: "The machines boot. See when they respond: lab status --watch",
};

/** Adds `lab stop` and `lab start`. */
export function addPowerCommands(program: Command): void {
    program
        .command("stop")
        .description("save the memory of all machines and end all processes of the lab")
        .action(() =>
            outside(
                program.opts().stack,
                async (stack, log) => {
                    const cell = cellOf(stack);
                    await cell.locked(async () => {
                        requireUnused(cell);
                        log("Saving the machines' memory");
                        await stopLab(cell, log);
                    });
                    console.log(`Stopped. Start it again: lab --stack ${stack} start`);
                    return 0;
                },
                { detached: true },
            ),
        );
    program
        .command("start")
        .description("start a stopped lab from its saved memory, or boot its disks after a reboot of this computer")
        .action(() =>
            outside(
                program.opts().stack,
                async (stack, log) => {
                    const cell = cellOf(stack);
                    console.log(how[await cell.locked(() => startLab(cell, log))]);
                    return 0;
                },
                { detached: true },
            ),
        );
}
