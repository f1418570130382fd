/** What the kernel of every machine is told, https://docs.kernel.org/admin-guide/kernel-parameters.html */
const common = { console: "ttyS0", panic: "-1", root: "/dev/vda" };

/**
 * What an emulated processor is slow at, and a machine that lives for an hour in a network of its own need not do.
 * QEMU translates code anew for each address that it runs at, so that random addresses alone cost a third of a boot.
 */
const emulated = { audit: "0", init_on_alloc: "0", mitigations: "off" };

/**
 * The kernel's arguments in the shape in which libvirt's provider gives them back: those with a value by name, then all
 * others. In any other shape every preview would replace the machine.
 */
export function kernelArguments(accelerator: "kvm" | "tcg"): Record<string, string>[] {
    return accelerator === "kvm"
        ? [common, { _: "quiet ro" }]
        : [{ ...emulated, ...common }, { _: "nokaslr norandmaps nowatchdog quiet ro" }];
}
