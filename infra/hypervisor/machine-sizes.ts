import type { MachineName } from "../config/address-plan";

interface MachineSize {
    /** The guest's memory in MiB. */
    memory: number;
    cpus: number;
    /**
     * QEMU's cache of translated code in MiB, used under emulation only. When the guest's programs exceed it, QEMU flushes it
     * and translates them again: `info jit` in QEMU's monitor counts the flushes. A control plane needs more than 256.
     */
    translationCache: number;
}

/** Each machine's size. The sum of the guests' memory is below 8 GiB, which fits a laptop. */
export const machineSizes: Record<MachineName, MachineSize> = {
    lb: { memory: 512, cpus: 1, translationCache: 512 },
    host: { memory: 512, cpus: 1, translationCache: 512 },
    "acme-server": { memory: 512, cpus: 1, translationCache: 512 },
    "k8s-master": { memory: 2560, cpus: 2, translationCache: 1024 },
    "k8s-worker1": { memory: 1536, cpus: 1, translationCache: 768 },
    "k8s-worker2": { memory: 1536, cpus: 1, translationCache: 768 },
};

/** The lab's use of the hypervisor's memory, in MiB. */
export function totalMemory(accelerator: "kvm" | "tcg"): number {
    return Object.values(machineSizes).reduce(
        (sum, { memory, translationCache }) => sum + memory + (accelerator === "tcg" ? translationCache : 0),
        0,
    );
}
