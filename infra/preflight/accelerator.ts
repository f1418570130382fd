import type { Settings } from "../config/settings";
import { isLocal, PreflightError, type Surroundings } from "./host-facts";

/**
 * Decides between KVM and emulation.
 *
 * On this machine `auto` believes only a guest that has run: /dev/kvm can exist, and libvirt offer KVM, where a guest
 * dies at once (nested virtualization). On another hypervisor it takes libvirt's word.
 *
 * @param kernel file with the machines' kernel, what the trial boots
 * @throws PreflightError when KVM is demanded and does not work
 */
export async function chooseAccelerator(
    { accelerator, libvirtUri }: Settings,
    kernel: string,
    surroundings: Surroundings,
): Promise<"kvm" | "tcg"> {
    if (accelerator === "tcg") {
        return "tcg";
    }
    const works = isLocal(libvirtUri)
        ? await surroundings.kvmWorks(kernel)
        : (await surroundings.virsh(libvirtUri, ["domcapabilities", "--virttype", "kvm"]).catch(() => "")) !== "";
    if (works) {
        return "kvm";
    }
    if (accelerator === "kvm") {
        throw new PreflightError(
            "accelerator is kvm, but no guest runs under KVM here. Enable virtualization in the firmware and load kvm_intel " +
                "or kvm_amd, or let the lab run under emulation: pulumi config set accelerator auto",
        );
    }
    return "tcg";
}
