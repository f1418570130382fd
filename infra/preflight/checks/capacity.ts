import { dirname } from "node:path";
import { totalMemory } from "../../hypervisor/machine-sizes.ts";
import { chooseAccelerator } from "../accelerator.ts";
import { type Check, type CheckResult, fail, ok, pending, warn } from "../check.ts";
import type { HostFacts } from "../host-facts.ts";
import type { Inspection } from "../inspection.ts";
import { type Libvirt, labExists, providerConnection } from "../libvirt.ts";
import { parseLibvirtUri } from "../libvirt-uri.ts";
import { isImageBuilt } from "../machine-image.ts";
import { cellDisk, cloneDisk, occupiedMemory, volumesDisk } from "../needs.ts";
import { shellWord } from "../shell-word.ts";

/** libvirt's folder of volumes. */
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
        const least = occupiedMemory(accelerator ?? "kvm");
        const most = totalMemory(accelerator ?? "tcg");
        const facts = `${gib(free)} are free on ${machine}; a lab occupies ${gib(least)} and can use ${gib(most)}`;
        if (free < least) {
            return fail(facts, remedy);
        }
        return free < most ? warn(facts, remedy) : ok(facts);
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
        const remedy = `df --human-readable ${shellWord(folder)}`;
        if (context.hypervisor !== "cell") {
            return volumesFit(free, folder, remedy);
        }
        // Without the image there is no template either.
        const least = isImageBuilt(inspection) ? cloneDisk : cellDisk;
        const facts =
            `${gib(free)} are free in ${folder}; a lab needs ${gib(cellDisk)}, ` +
            `or ${gib(cloneDisk)} when a template matches`;
        if (free < least) {
            return fail(facts, remedy);
        }
        return free < cellDisk ? warn(facts, remedy) : ok(facts);
    },
};

function volumesFit(free: number, place: string, remedy: string): CheckResult {
    const facts = `${gib(free)} are free in ${place}, the lab needs ${gib(volumesDisk)}`;
    return free < volumesDisk ? fail(facts, remedy) : ok(facts);
}

/** Free space of the remote storage pool that is in the file system of the lab's future pool. */
async function remoteDisk(inspection: Inspection): Promise<CheckResult> {
    const { libvirt } = await providerConnection(inspection);
    if (libvirt === undefined) {
        return pending("libvirt does not respond");
    }
    const pool = await poolOf(libvirt);
    const remedy = remoteCommand(inspection.context.libvirtUri);
    if (pool === undefined) {
        return warn(`no active storage pool of the hypervisor reports the free space in ${volumes}`, remedy);
    }
    const [, bytes] = /^Available:\s*(\d+)/m.exec(await libvirt.virsh("pool-info", "--bytes", pool)) ?? [];
    return volumesFit(Number(bytes) / 2 ** 20, `the hypervisor's storage pool ${pool}`, remedy);
}

/** The command that prints free disk on the hypervisor. */
function remoteCommand(uri: string): string {
    const { transport, user, host, port } = parseLibvirtUri(uri);
    return transport === "ssh"
        ? `ssh -p ${port || 22} ${user}@${host} df --human-readable /var/lib/libvirt`
        : `virsh --connect ${uri} pool-list --details`;
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
