import type { MachineName } from "../../infra/config/address-plan";
import { awaitBoot, bootIdOf } from "../check/reboot";
import type { Machines } from "../lib/ssh";
import { DeadlineError } from "../lib/wait";
import { BashSession, type CommandOutput, type Shell, type ShellOptions } from "./shell";

/** A command that reboots its machine. */
const reboot = /(?:^|[\s;&|(])(?:reboot|shutdown|init 6)(?=$|[\s;&|)])/m;

/** Seconds for a machine to begin a reboot that was requested. */
const rebootPatience = 60;

/**
 * A user's shell on a machine. After a reboot it waits for the machine, as a person would, so that the commands after it
 * are not lost.
 */
export class MachineShell implements Shell {
    private readonly shell: BashSession;

    constructor(
        private readonly machines: Machines,
        private readonly machine: MachineName,
        user: string,
    ) {
        const [program, ...args] = machines.session(machine, `exec /usr/bin/su --login ${user}`);
        this.shell = new BashSession(program, args);
    }

    async run(command: string, options: ShellOptions): Promise<CommandOutput> {
        if (!this.shell.isRunning) {
            await this.wait("");
        }
        if (!reboot.test(command)) {
            return await this.shell.run(command, options);
        }
        const before = await bootIdOf(this.machines, this.machine);
        const output = await this.shell.run(command, options);
        await this.wait(before);
        return output;
    }

    close(): void {
        this.shell.close();
    }

    /** Waits for the machine. If it does not respond, the next command reports that. */
    private async wait(before: string): Promise<void> {
        await awaitBoot(this.machines, this.machine, before, rebootPatience).catch((error: unknown) => {
            if (!(error instanceof DeadlineError)) {
                throw error;
            }
        });
    }
}
