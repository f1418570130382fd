import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Inspection, oncePerInspection } from "./inspection.ts";

/** Seconds that a kernel may take to boot and panic; a nested one takes most of them. */
const fullDeadline = 30;

/** Results of earlier probes: {@link probeKey} to whether the guest ran. */
type Results = Record<string, boolean>;

/**
 * Boots the lab's kernel under KVM: /dev/kvm can open, and firmware run under it, where a kernel hangs.
 *
 * Without a root file system the kernel panics and QEMU ends. The result is kept in the cache folder until this machine's
 * next boot, for the same user, groups, kernel and QEMU: the result of another user does not apply.
 *
 * @returns undefined when QEMU is not installed or the context's deadline is too short for a result
 */
export const isGuestRunning = oncePerInspection(async (inspection): Promise<boolean | undefined> => {
    const { host, context } = inspection;
    const qemu = host.findProgram("qemu-system-x86_64");
    if (qemu === undefined) {
        return undefined;
    }
    const file = join(context.folders.cache, "kvm-probe.json");
    const key = probeKey(inspection, qemu);
    const results = parseResults(host.readText(file));
    const known = results[key];
    if (known !== undefined) {
        return known;
    }
    const deadline = Math.min(context.deadline, fullDeadline);
    const { exitCode, stdout } = await host.run(
        qemu,
        [
            ...["-accel", "kvm", "-cpu", "host", "-m", "256", "-display", "none", "-nodefaults", "-no-reboot"],
            ...["-serial", "stdio", "-kernel", join(context.image, "vmlinuz"), "-append", "console=ttyS0 panic=-1"],
        ],
        { deadline },
    );
    if (exitCode === undefined && deadline < fullDeadline) {
        return undefined;
    }
    const running = stdout.includes("Kernel panic");
    const boot = bootId(inspection);
    const current = Object.entries(results).filter(([earlier]) => earlier.startsWith(`${boot} `));
    host.writeText(file, JSON.stringify({ ...Object.fromEntries(current), [key]: running }, null, 2));
    return running;
});

function bootId({ host }: Inspection): string {
    return host.readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

/**
 * The circumstances that decide a probe: the boot, the user with its groups and their mapping in a user namespace, the
 * kernel and QEMU. Access to /dev/kvm is not among them: it is tried each time.
 */
function probeKey(inspection: Inspection, qemu: string): string {
    const { host, context } = inspection;
    const fileOf = (path: string) => {
        const facts = host.stat(path);
        return [path, facts?.size, facts?.modified];
    };
    const circumstances = [
        host.user.uid,
        [...host.user.groups].sort((a, b) => a - b),
        host.readText("/proc/self/uid_map"),
        fileOf(join(context.image, "vmlinuz")),
        fileOf(qemu),
    ];
    const digest = createHash("sha256").update(JSON.stringify(circumstances)).digest("hex").slice(0, 16);
    return `${bootId(inspection)} ${digest}`;
}

function parseResults(text: string | undefined): Results {
    try {
        return JSON.parse(text ?? "{}");
    } catch {
        return {}; // a damaged cache is an empty one
    }
}
