/** Arguments of every machine's kernel, https://docs.kernel.org/admin-guide/kernel-parameters.html */
const common = { console: "ttyS0", panic: "-1" };

/**
 * Kernel features that are expensive to emulate and not needed here. QEMU translates code again for each address at which
 * it runs, so address space randomization alone costs a third of a boot.
 */
const emulated = { audit: "0", init_on_alloc: "0", mitigations: "off" };

/**
 * The kernel's arguments in the shape that libvirt's provider returns: first those with a value by name, then all others.
 * With any other shape each preview replaces the machine.
 */
export function kernelArguments(accelerator: "kvm" | "tcg"): Record<string, string>[] {
    return accelerator === "kvm"
        ? [common, { _: "quiet" }]
        : [{ ...emulated, ...common }, { _: "nokaslr norandmaps nowatchdog quiet" }];
}
