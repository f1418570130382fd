import type { MachineName } from "../../infra/config/address-plan";
import type { Machines } from "../lib/ssh";
import { DeadlineError, waitFor } from "../lib/wait";

/** Seconds for lb to boot; wide enough for software emulation. */
const bootDeadline = 600;

/** Seconds for a response of lb while it boots. */
const responseDeadline = 40;

/**
 * Reboots lb, and waits until it responds to SSH. The check that follows reports an lb that does not.
 *
 * @throws DeadlineError when lb responds, but was not rebooted
 */
export async function rebootLoadBalancer(machines: Machines, log: (line: string) => void): Promise<void> {
    const before = await bootIdOf(machines, "lb");
    log("Rebooting lb");
    await machines.run("lb", "/usr/bin/systemctl reboot", { deadline: responseDeadline });
    try {
        await awaitBoot(machines, "lb", before);
    } catch (error) {
        if (!(error instanceof DeadlineError) || (await bootIdOf(machines, "lb")) !== "") {
            throw error;
        }
        log(error.message);
    }
}

/** Identifier of a machine's boot, random(4); empty when the machine does not respond. */
export async function bootIdOf(machines: Machines, machine: MachineName): Promise<string> {
    const { exitCode, stdout } = await machines.run(machine, "/usr/bin/cat /proc/sys/kernel/random/boot_id", {
        deadline: responseDeadline,
    });
    return exitCode === 0 ? stdout.trim() : "";
}

/**
 * Waits until a machine responds after another boot.
 *
 * @param before the identifier of the boot before; empty: until it responds
 * @param patience seconds after which a machine that still responds is not being rebooted; default: none
 * @throws DeadlineError when it does not respond to SSH within ten minutes
 */
export async function awaitBoot(
    machines: Machines,
    machine: MachineName,
    before: string,
    patience = Number.POSITIVE_INFINITY,
): Promise<void> {
    const start = Date.now();
    const hasBooted = async () => {
        const now = await bootIdOf(machines, machine);
        return now !== "" && (now !== before || Date.now() - start > patience * 1000);
    };
    await waitFor(`${machine} to boot`, hasBooted, { deadline: bootDeadline, interval: 5 });
}
