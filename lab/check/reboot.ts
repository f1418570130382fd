import { setTimeout } from "node:timers/promises";
import { requestFromCertManager } from "../lib/self-check";
import type { Machines } from "../lib/ssh";
import { type LabStack, UnreachableError } from "../lib/stack";
import { listVirtualServers, parseVirtualServers } from "../lib/virtual-servers";
import type { CheckResult } from "./check";
import { pass, unsolved } from "./judge";

/** Seconds that lb may take to come back, and then keepalived to find its real servers. Wide enough for emulation. */
const bootDeadline = 600;

/** Seconds between two looks. */
const lookDelay = 5;

/**
 * Reboots lb, and judges whether the self check's request is answered afterwards. It is its own verdict, because the
 * end state outlives the reboot once the certificate is there.
 *
 * @throws UnreachableError when lb does not come back
 */
export async function judgeReboot(
    machines: Machines,
    stack: LabStack,
    say: (progress: string) => void,
): Promise<CheckResult> {
    const bootId = async () =>
        (await machines.run("lb", "cat /proc/sys/kernel/random/boot_id", { deadline: 40 })).stdout.trim();
    const before = await bootId();
    await machines.run("lb", "systemctl reboot", { deadline: 40 });
    const end = Date.now() + bootDeadline * 1000;
    say("Rebooting lb");
    for (let now = ""; now === "" || now === before; now = await bootId()) {
        if (Date.now() > end) {
            throw new UnreachableError(`lb did not come back within ${bootDeadline} s after its reboot`);
        }
        await setTimeout(lookDelay * 1000);
    }
    say("lb is back; waiting for its real servers");
    for (;;) {
        const servers = await machines.run("lb", listVirtualServers);
        if (
            parseVirtualServers(servers.stdout).flatMap(({ realServers }) => realServers).length === 4 ||
            Date.now() > end
        ) {
            break;
        }
        await setTimeout(lookDelay * 1000);
    }
    say("Asking for the site from cert-manager's pod");
    const evidence = await requestFromCertManager(machines, stack);
    const judgement =
        evidence.exitCode === 0
            ? pass(`after a reboot of lb a pod gets an answer: ${evidence.stdout}`)
            : unsolved(`after a reboot of lb a pod gets no answer: ${evidence.stderr.trim()}`);
    return { name: "survives a reboot of lb", ...judgement, evidence: [evidence] };
}
