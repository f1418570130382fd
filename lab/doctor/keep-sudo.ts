import { spawn, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Seconds between two renewals; sudo's memory of a password lasts for 5 minutes or longer. */
const renewal = 60;

/** Seconds between two looks at the process. */
const interval = 2;

/**
 * Reads the password for sudo once, and renews sudo's memory of it until a process ends.
 *
 * sudo remembers a password for a terminal, so that the renewing process stays in this session. Ctrl-C ends it as well.
 *
 * @param pid the process whose commands use sudo
 * @param main path of main.mjs
 * @returns whether sudo accepted the password
 */
export function keepSudo(pid: number, main: string): boolean {
    if (spawnSync("sudo", ["--validate"], { stdio: "inherit" }).status !== 0) {
        return false;
    }
    spawn(process.execPath, [main, "--renew-sudo", String(pid)], { stdio: "ignore" }).unref();
    return true;
}

/** Renews sudo's memory of the password until the process ends or sudo refuses. */
export async function renewSudo(pid: number): Promise<void> {
    for (let seconds = 0; isRunning(pid); seconds += interval) {
        if (seconds % renewal === 0 && spawnSync("sudo", ["--non-interactive", "--validate"]).status !== 0) {
            return;
        }
        await setTimeout(interval * 1000);
    }
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
