import { join, resolve } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../config/config-files";
import type { Settings } from "../config/settings";
import { totalMemory } from "../hypervisor/machine-sizes";
import { chooseAccelerator } from "./accelerator";
import { isLocal, PreflightError, type Surroundings, thisMachine } from "./host-facts";

/** Free disk that a lab needs on the hypervisor, in MiB: the image, and what six machines write over it. */
const neededDisk = 10 * 1024;

/** Files of a machine image. */
const imageFiles = ["disk.qcow2", "vmlinuz", "initrd.img"];

const routesSchema = z.array(z.object({ dst: z.string(), dev: z.string().default("another interface") }));

/** The first route that leads into a /24, undefined when there is none. */
function routeInside(routes: string, network: string): z.output<typeof routesSchema>[number] | undefined {
    const prefix = network.split(".").slice(0, 3).join(".");
    return routesSchema.parse(JSON.parse(routes || "[]")).find(({ dst }) => dst.startsWith(`${prefix}.`));
}

/**
 * Checks everything that would otherwise stop the lab half-built, before anything is created.
 *
 * Network, memory and disk are looked at only on this machine and only while the lab does not run yet: a lab that is up has taken
 * its share already.
 *
 * @param labName prefix of the lab's libvirt objects
 * @returns the accelerator to use
 * @throws PreflightError with what is wrong and the remedy
 */
export async function preflight(
    settings: Settings,
    labName: string,
    surroundings: Surroundings = thisMachine,
): Promise<{ accelerator: "kvm" | "tcg" }> {
    const image = resolve(repositoryRoot, settings.image);
    const missing = imageFiles.filter((file) => !surroundings.fileExists(join(image, file)));
    if (missing.length > 0) {
        throw new PreflightError(
            `The machine image is incomplete: ${image} lacks ${missing.join(", ")}. Build it: make image`,
        );
    }
    const { libvirtUri: uri } = settings;
    let objects: string;
    try {
        // An interrupted update may have come as far as the networks only.
        objects = `${await surroundings.virsh(uri, ["list", "--all", "--name"])}\n${await surroundings.virsh(uri, ["net-list", "--all", "--name"])}`;
    } catch (error) {
        const reason = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
        throw new PreflightError(
            `libvirt does not answer at ${uri}: ${reason}\n` +
                "Start one on this machine: make hypervisor. Or use another: pulumi config set libvirtUri <uri>",
        );
    }
    const accelerator = await chooseAccelerator(settings, join(image, "vmlinuz"), surroundings);
    const local = isLocal(uri);
    const exists = objects.split("\n").some((name) => name.trim().startsWith(`${labName}-`));
    if (local && !exists) {
        const taken = routeInside(await surroundings.routes(), settings.network);
        if (taken !== undefined) {
            throw new PreflightError(
                `The network ${settings.network} is taken on this machine: ${taken.dst} is on ${taken.dev}, perhaps ` +
                    "another lab's. Take another: pulumi config set network 192.168.77.0/24",
            );
        }
        const memory = Math.floor(surroundings.freeMemory());
        const needed = totalMemory(accelerator);
        if (memory < needed) {
            throw new PreflightError(
                `The six machines need ${needed} MiB of memory, ${memory} MiB are free. ` +
                    "Stop other programs, or use a larger hypervisor: pulumi config set libvirtUri <uri>",
            );
        }
        const disk = Math.floor(await surroundings.freeDisk());
        if (disk < neededDisk) {
            throw new PreflightError(
                `The lab needs ${neededDisk} MiB of disk under /var/lib, ${disk} MiB are free. Make room there.`,
            );
        }
    }
    return { accelerator };
}
