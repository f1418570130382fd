import { libvirtObjects } from "../lib/libvirt-objects";
import { namesIn, type Virsh } from "../lib/virsh";

/** A libvirt object of a lab that the lab's stack does not contain. */
export interface Orphan {
    /** For messages: `domain certificate-lab-lb`. */
    description: string;
    remove(): Promise<void>;
}

/** Seconds for a command that deletes files. */
const timeout = 120;

/**
 * The lab's libvirt objects that are not in its stack, in the order in which they can be removed. An object belongs to
 * the lab when the program assigns its name; other labs' names may begin with the same text.
 *
 * @param known names of the libvirt objects in the stack
 */
export async function findOrphans(virsh: Virsh, labName: string, known: ReadonlySet<string>): Promise<Orphan[]> {
    const { domains, networks, pool } = libvirtObjects(labName);
    const list = async (...args: string[]) => namesIn(await virsh(args));
    const [allDomains, allNetworks, allPools] = await Promise.all([
        list("list", "--all", "--name"),
        list("net-list", "--all", "--name"),
        list("pool-list", "--all", "--name"),
    ]);
    const unknown = (names: string[], existing: string[]) =>
        names.filter((name) => existing.includes(name) && !known.has(name));
    return [
        ...unknown(domains, allDomains).map((name) => domainOrphan(virsh, name)),
        ...unknown(networks, allNetworks).map((name) => networkOrphan(virsh, name)),
        ...(allPools.includes(pool) ? await poolOrphans(virsh, pool, known) : []),
    ];
}

function domainOrphan(virsh: Virsh, name: string): Orphan {
    return {
        description: `domain ${name}`,
        remove: async () => {
            // Fails for a domain that is off.
            await virsh(["destroy", name], { timeout }).catch(() => {});
            await virsh(["undefine", "--managed-save", "--snapshots-metadata", name], { timeout });
        },
    };
}

function networkOrphan(virsh: Virsh, name: string): Orphan {
    return {
        description: `network ${name}`,
        remove: async () => {
            // Fails for a network that is not active.
            await virsh(["net-destroy", name]).catch(() => {});
            await virsh(["net-undefine", name]);
        },
    };
}

async function poolOrphans(virsh: Virsh, pool: string, known: ReadonlySet<string>): Promise<Orphan[]> {
    // Each fails for a pool whose creation was interrupted: it has no folder yet.
    await virsh(["pool-start", pool]).catch(() => {});
    await virsh(["pool-refresh", pool], { timeout }).catch(() => {});
    const table = await virsh(["vol-list", pool], { timeout }).catch(() => "");
    const volumes = namesIn(table).map((line) => line.split(/\s+/)[0] ?? "");
    return [
        ...volumes
            .filter((volume) => !known.has(volume))
            .map((volume) => ({
                description: `volume ${volume}`,
                remove: async () => {
                    await virsh(["vol-delete", "--pool", pool, volume], { timeout });
                },
            })),
        ...(known.has(pool) ? [] : [poolOrphan(virsh, pool)]),
    ];
}

function poolOrphan(virsh: Virsh, name: string): Orphan {
    return {
        description: `storage pool ${name}`,
        remove: async () => {
            // Both fail for a pool without a folder.
            await virsh(["pool-destroy", name]).catch(() => {});
            await virsh(["pool-delete", name]).catch(() => {});
            await virsh(["pool-undefine", name]);
        },
    };
}
