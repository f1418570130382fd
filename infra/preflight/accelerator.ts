import { type Inspection, oncePerInspection } from "./inspection.ts";
import { kvmError } from "./kvm-device.ts";
import { isGuestRunning } from "./kvm-probe.ts";
import { labDomains, providerConnection } from "./libvirt.ts";
import { isImageBuilt } from "./machine-image.ts";

/** KVM, or QEMU's software emulation. */
export type Accelerator = "kvm" | "tcg";

/**
 * Decides between KVM and emulation; undefined when the decision needs the image or libvirt, and it is missing.
 *
 * With `auto`, a lab that exists keeps its accelerator: another one would replace all of its machines. Otherwise a guest
 * must run under KVM on this machine, because /dev/kvm can exist, and libvirt offer KVM, where a guest hangs (nested
 * virtualization). On a remote hypervisor libvirt's domain capabilities decide.
 */
export const chooseAccelerator = oncePerInspection(async (inspection): Promise<Accelerator | undefined> => {
    const { context } = inspection;
    if (context.accelerator !== "auto") {
        return context.accelerator;
    }
    const existing = await existingAccelerator(inspection);
    if (existing !== undefined) {
        return existing;
    }
    if (context.hypervisor === "remote") {
        const offered = await isOfferedByLibvirt(inspection);
        return offered === undefined ? undefined : offered ? "kvm" : "tcg";
    }
    if ((await kvmError(inspection)) !== undefined) {
        return "tcg";
    }
    const running = isImageBuilt(inspection) ? await isGuestRunning(inspection) : undefined;
    return running === undefined ? undefined : running ? "kvm" : "tcg";
});

/** The accelerator of the lab's machines, from the type of a domain; undefined when there is none. */
export const existingAccelerator = oncePerInspection(async (inspection): Promise<Accelerator | undefined> => {
    const [domain] = await labDomainsOutsideCells(inspection);
    const { libvirt } = domain === undefined ? {} : await providerConnection(inspection);
    if (domain === undefined || libvirt === undefined) {
        return undefined;
    }
    const [, type] =
        /^<domain[^>]*\stype=['"](\w+)['"]/m.exec(await libvirt.virsh("dumpxml", "--inactive", domain)) ?? [];
    return type === undefined ? undefined : type === "kvm" ? "kvm" : "tcg";
});

/** Before its lab is built, a cell has no libvirtd. */
async function labDomainsOutsideCells(inspection: Inspection): Promise<string[]> {
    return inspection.context.hypervisor === "cell" ? [] : labDomains(inspection);
}

/** Whether libvirt offers KVM; undefined when libvirt does not respond. */
export async function isOfferedByLibvirt(inspection: Inspection): Promise<boolean | undefined> {
    const { libvirt } = await providerConnection(inspection);
    return libvirt?.virsh("domcapabilities", "--virttype", "kvm", "--arch", "x86_64").then(
        () => true,
        () => false,
    );
}
