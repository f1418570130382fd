import { type Check, type CheckResult, fail, ok, pending, warn } from "../check.ts";
import type { Inspection } from "../inspection.ts";
import { isRootless, kvmError } from "../kvm-device.ts";
import { isGuestRunning } from "../kvm-probe.ts";
import { isImageBuilt } from "../machine-image.ts";

/** Device of the guests' network interfaces. A cell's QEMU opens it with the user's rights. */
export const tun: Check = {
    name: "/dev/net/tun",
    stage: "install",
    applies: ({ hypervisor }) => hypervisor === "cell",
    run: (inspection) => {
        const error = inspection.host.openDevice("/dev/net/tun");
        switch (error) {
            case undefined:
                return ok("opens for reading and writing");
            case "EACCES":
            case "EPERM":
                return fail(
                    `${inspection.host.user.name} may not open it. udev gives it the mode 0666`,
                    inspection.asRoot("chmod 0666 /dev/net/tun"),
                );
            case "ENOENT":
                return fail("it does not exist", inspection.asRoot("modprobe tun"));
            default:
                return fail(`it does not open: ${error}`, inspection.asRoot("modprobe tun"));
        }
    },
};

const loadModule = "modprobe kvm_intel || modprobe kvm_amd";

/** The mode of systemd's own rules, which Debian's restrict to the group `kvm`; the rule keeps it over a reboot. */
const openForAll = 'chmod 0666 /dev/kvm && echo KERNEL==\\"kvm\\", MODE=\\"0666\\" >/etc/udev/rules.d/99-kvm.rules';

/** The reason why /dev/kvm denies access, and the command that grants it. */
async function explainDenial(inspection: Inspection): Promise<{ reason: string; remedy: string }> {
    const { host } = inspection;
    const { name, groups } = host.user;
    if (isRootless(inspection)) {
        return {
            reason: "/dev/kvm does not open in a cell, where membership in its group has no effect. Open it for all users",
            remedy: inspection.asRoot(openForAll),
        };
    }
    const gid = host.stat("/dev/kvm")?.gid ?? 0;
    if (gid === 0) {
        return {
            reason: `${name} may not open /dev/kvm; it belongs to root's group`,
            remedy: inspection.asRoot(openForAll),
        };
    }
    const group = (await inspection.run("getent", ["group", String(gid)])).stdout.split(":")[0] || String(gid);
    const database = (await inspection.run("id", ["--groups", name])).stdout.trim().split(" ").map(Number);
    if (database.includes(gid) && !groups.includes(gid)) {
        return {
            reason: `${name} may not open /dev/kvm; ${name} is in the group ${group}, but was not when this session began. Log in again`,
            remedy: `newgrp ${group}`,
        };
    }
    return {
        reason: `${name} may not open /dev/kvm; ${name} is not in the group ${group}. Log in again afterwards`,
        remedy: inspection.asRoot(`usermod --append --groups ${group} ${name}`),
    };
}

/** Hardware virtualization. Without it the lab runs under QEMU's emulation and takes several times as long. */
export const kvm: Check = {
    name: "KVM",
    stage: "lab",
    applies: ({ accelerator, hypervisor }) => accelerator !== "tcg" && hypervisor !== "remote",
    async run(inspection): Promise<CheckResult> {
        const { host, context } = inspection;
        const without = context.accelerator === "kvm" ? fail : warn;
        const emulation = context.accelerator === "kvm" ? "" : "The lab runs under emulation: ";
        const error = await kvmError(inspection);
        if (error === "ENOENT" || error === "ENXIO" || error === "ENODEV") {
            const hasExtension = /^flags\s*:.*\b(vmx|svm)\b/m.test(host.readText("/proc/cpuinfo") ?? "");
            return hasExtension
                ? without(`${emulation}/dev/kvm does not exist`, inspection.asRoot(loadModule))
                : without(
                      `${emulation}the processor offers no virtualization. Enable it in the firmware, or nested ` +
                          "virtualization in the hypervisor of this virtual machine",
                      "pulumi config set accelerator tcg",
                  );
        }
        if (error === "EACCES" || error === "EPERM") {
            const { reason, remedy } = await explainDenial(inspection);
            return without(`${emulation}${reason}`, remedy);
        }
        if (error !== undefined) {
            return without(`${emulation}/dev/kvm does not open: ${error}`, inspection.asRoot(loadModule));
        }
        if (!isImageBuilt(inspection)) {
            return pending("/dev/kvm opens; a guest is started as a test when the image is built");
        }
        const running = await isGuestRunning(inspection);
        if (running === undefined) {
            return pending("/dev/kvm opens; the test with a guest did not end in time, and pulumi up repeats it");
        }
        return running
            ? ok("a guest runs")
            : without(
                  `${emulation}/dev/kvm opens, but the lab's kernel does not run (nested virtualization?)`,
                  "pulumi config set accelerator tcg",
              );
    },
};
