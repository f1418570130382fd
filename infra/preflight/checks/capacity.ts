import { dirname } from "node:path";
import { totalMemory } from "../../hypervisor/machine-sizes.ts";
import { type Accelerator, chooseAccelerator } from "../accelerator.ts";
import { type Check, type CheckResult, fail, ok, pending, warn } from "../check.ts";
import type { HostFacts } from "../host-facts.ts";
import type { Inspection } from "../inspection.ts";
import { type Libvirt, labExists, providerConnection } from "../libvirt.ts";

/** MiB of disk that a lab needs on the hypervisor: the image, the overlays of six machines, and one saved memory. */
export const labDisk = 10 * 1024;

/** Where libvirt keeps volumes. */
const volumes = "/var/lib/libvirt/images";

const isRemote = (inspection: Inspection) => inspection.context.hypervisor === "remote";

/** The nearest folder at or above a path that exists. */
export function existingFolder(host: HostFacts, path: string): string {
    return path === dirname(path) || host.stat(path) !== undefined ? path : existingFolder(host, dirname(path));
}

export const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;

/** The memory of all machines where they run. */
export const memory: Check = {
    name: "memory",
    stage: "lab",
    applies: () => true,
    async run(inspection) {
        if (await labExists(inspection)) {
            return ok("the lab has its memory");
        }
        const free = isRemote(inspection) ? await remoteMemory(inspection) : inspection.host.freeMemory();
        if (free === undefined) {
            return pending("libvirt does not respond");
        }
        const accelerator = await chooseAccelerator(inspection);
        const machine = isRemote(inspection) ? "the hypervisor" : "this machine";
        const remedy = isRemote(inspection)
            ? "pulumi config rm libvirtUri"
            : "ps -e -o pid,rss,args --sort -rss | head";
        const needs = (name: Accelerator) => `the six machines need ${gib(totalMemory(name))} with ${name}`;
        const has = `${gib(free)} are free on ${machine}`;
        if (free < totalMemory(accelerator ?? "kvm")) {
            return fail(`${needs(accelerator ?? "kvm")}, ${has}. End other programs`, remedy);
        }
        return accelerator === undefined && free < totalMemory("tcg")
            ? warn(`${needs("tcg")}, which is used where no guest runs under KVM; ${has}`, remedy)
            : ok(`${has}; ${needs(accelerator ?? "tcg")}`);
    },
};

/** MiB of free memory on a remote hypervisor, the page cache included. */
async function remoteMemory(inspection: Inspection): Promise<number | undefined> {
    const { libvirt } = await providerConnection(inspection);
    if (libvirt === undefined) {
        return undefined;
    }
    const stats = await libvirt.virsh("nodememstats");
    const kib = [...stats.matchAll(/^(?:free|buffers|cached)\s*:\s*(\d+) KiB$/gm)].map(([, value]) => Number(value));
    return kib.reduce((sum, value) => sum + value, 0) / 1024;
}

/** Free disk in the file system of the lab. */
export const disk: Check = {
    name: "disk",
    stage: "lab",
    applies: () => true,
    async run(inspection) {
        if (await labExists(inspection)) {
            return ok("the lab has its disk");
        }
        if (isRemote(inspection)) {
            return remoteDisk(inspection);
        }
        const { host, context } = inspection;
        const folder = existingFolder(host, context.folders.lab);
        const free = await host.freeDisk(folder);
        return freeDisk(free, folder, `df --human-readable ${folder}`);
    },
};

function freeDisk(free: number, folder: string, remedy: string): CheckResult {
    const has = `${gib(free)} are free in ${folder}, the lab needs ${gib(labDisk)}`;
    return free < labDisk ? fail(has, remedy) : ok(has);
}

/** Free space of the remote storage pool in whose file system the lab's own pool will lie. */
async function remoteDisk(inspection: Inspection): Promise<CheckResult> {
    const { libvirt } = await providerConnection(inspection);
    if (libvirt === undefined) {
        return pending("libvirt does not respond");
    }
    const pool = await poolOf(libvirt);
    const remedy = `virsh --connect ${inspection.context.libvirtUri} pool-list --details`;
    if (pool === undefined) {
        return warn(`no active storage pool of the hypervisor tells how much is free in ${volumes}`, remedy);
    }
    const [, bytes] = /^Available:\s*(\d+)/m.exec(await libvirt.virsh("pool-info", "--bytes", pool)) ?? [];
    return freeDisk(Number(bytes) / 2 ** 20, `the hypervisor's storage pool ${pool}`, remedy);
}

/** The active pool with the longest path that contains the volumes' folder. */
async function poolOf(libvirt: Libvirt): Promise<string | undefined> {
    const pools = await Promise.all(
        libvirt.names.pools.map(async (name) => {
            const xml = await libvirt.virsh("pool-dumpxml", name);
            return { name, path: /<path>([^<]+)<\/path>/.exec(xml)?.[1] ?? "" };
        }),
    );
    return pools
        .filter(({ path }) => `${volumes}/`.startsWith(`${path.replace(/\/$/, "")}/`))
        .sort((a, b) => b.path.length - a.path.length)
        .at(0)?.name;
}
