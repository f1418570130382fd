import type { MachineName } from "./address-plan";

/** Memory in MiB and virtual CPUs of each machine. The sum stays below 8 GiB, so that a laptop can hold the lab. */
export const machineSizes: Record<MachineName, { memory: number; cpus: number }> = {
    lb: { memory: 512, cpus: 1 },
    host: { memory: 512, cpus: 1 },
    "acme-server": { memory: 512, cpus: 1 },
    "k8s-master": { memory: 2048, cpus: 2 },
    "k8s-worker1": { memory: 1536, cpus: 1 },
    "k8s-worker2": { memory: 1536, cpus: 1 },
};

/** What all guests take together, in MiB. */
export const totalMemory = Object.values(machineSizes).reduce((sum, { memory }) => sum + memory, 0);
