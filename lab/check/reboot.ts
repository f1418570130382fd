import type { Machines } from "../lib/ssh";
import { waitFor } from "../lib/wait";

/** Seconds for lb to boot; wide enough for software emulation. */
const bootDeadline = 600;

/** Seconds for a response of lb while it boots. */
const responseDeadline = 40;

/**
 * Reboots lb.
 *
 * @throws DeadlineError when lb does not respond to SSH afterwards
 */
export async function rebootLoadBalancer(machines: Machines, log: (line: string) => void): Promise<void> {
    const bootId = async () => {
        const { exitCode, stdout } = await machines.run("lb", "/usr/bin/cat /proc/sys/kernel/random/boot_id", {
            deadline: responseDeadline,
        });
        return exitCode === 0 ? stdout.trim() : "";
    };
    const before = await bootId();
    log("Rebooting lb");
    await machines.run("lb", "/usr/bin/systemctl reboot", { deadline: responseDeadline });
    await waitFor(
        "lb to boot",
        async () => {
            const now = await bootId();
            return now !== "" && now !== before;
        },
        { deadline: bootDeadline, interval: 5 },
    );
}
