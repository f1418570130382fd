import { spawn, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Seconds between two renewals; sudo caches a password for 5 minutes or longer. */
const renewal = 60;

/** Seconds between two checks of the process. */
const interval = 2;

/**
 * Reads the password for sudo once, and renews sudo's cached credentials until a process ends.
 *
 * sudo caches credentials for a terminal, so the renewing process stays in this session. Ctrl-C also ends it.
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

/** Renews sudo's cached credentials until the process ends or sudo fails. */
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
