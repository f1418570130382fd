import { totalMemory } from "../hypervisor/machine-sizes.ts";
import type { Accelerator } from "./accelerator.ts";

/**
 * Share of the guests' memory and QEMU's caches that a lab occupies: 5.6 to 6.3 GiB of 11.5 GiB, measured under software
 * emulation from the build to an hour of use.
 */
const occupiedShare = 0.55;

/** MiB of memory that a lab occupies in use. Its machines can use up to {@link totalMemory}. */
export function occupiedMemory(accelerator: Accelerator): number {
    return Math.ceil(totalMemory(accelerator) * occupiedShare);
}

/** MiB of disk that a lab in a cell occupies with its volumes, its template and one snapshot. */
export const cellDisk = 13 * 1024;

/** MiB of disk of a lab that shares its image and memory with a template. */
export const cloneDisk = 2 * 1024;

/** MiB of disk that a lab needs on another libvirtd: the image and the overlays of six machines. */
export const volumesDisk = 10 * 1024;
