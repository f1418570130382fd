import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { z } from "zod";
import { chooseAccelerator } from "./accelerator";
import { repositoryRoot } from "./config-files";
import { totalMemory } from "./machine-sizes";
import type { Settings } from "./settings";

const run = promisify(execFile);

/** Free disk that a lab needs on the hypervisor, in MiB: the image, and what six machines write over it. */
const neededDisk = 10 * 1024;

/** Files of a machine image. */
const imageFiles = ["disk.qcow2", "vmlinuz", "initrd.img"];

/** Something that the lab needs is missing; `message` says what, and what to do, and Pulumi shows no more. */
export class PreflightError extends RunError {}

/** What the checks look at, so that tests can put other answers in their place. */
export interface Surroundings {
    /** Runs virsh with these arguments; its standard output. Rejects when it fails. */
    virsh(uri: string, args: string[]): Promise<string>;
    fileExists(path: string): boolean;
    /** MiB of memory that new processes can have on this machine. */
    freeMemory(): number;
    /** MiB free where the volumes go on this machine. */
    freeDisk(): Promise<number>;
    /** The kernel's IPv4 routes, `ip -json -4 route show table main` (ip-route(8)). */
    routes(): Promise<string>;
    /** Whether this kernel, a file, really boots under KVM here. */
    kvmWorks(kernel: string): Promise<boolean>;
}

export const thisMachine: Surroundings = {
    virsh: async (uri, args) => (await run("virsh", ["--connect", uri, ...args], { timeout: 30_000 })).stdout,
    fileExists: existsSync,
    freeMemory: () => freemem() / 2 ** 20,
    freeDisk: async () => {
        const { bavail, bsize } = await statfs("/var/lib");
        return (bavail * bsize) / 2 ** 20;
    },
    routes: async () => (await run("ip", ["-json", "-4", "route", "show", "table", "main"])).stdout,
    kvmWorks: async (kernel) =>
        run(join(repositoryRoot, "scripts", "probe-kvm.sh"), [kernel]).then(
            () => true,
            () => false,
        ),
};

const routesSchema = z.array(z.object({ dst: z.string(), dev: z.string().default("another interface") }));

/** The first route that leads into a /24, undefined when there is none. */
function routeInside(routes: string, network: string): z.output<typeof routesSchema>[number] | undefined {
    const prefix = network.split(".").slice(0, 3).join(".");
    return routesSchema.parse(JSON.parse(routes || "[]")).find(({ dst }) => dst.startsWith(`${prefix}.`));
}

/** Whether a libvirt URI names this machine: one without a host. */
export function isLocal(uri: string): boolean {
    return uri.startsWith("qemu:///");
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
