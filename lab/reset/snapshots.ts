import execa from "execa";
import { machineNames } from "../../infra/config/address-plan";
import { UnreachableError } from "../lib/stack";

/** Name of the libvirt snapshots, one a machine. */
const snapshotName = "as-built";

/** Runs virsh(1) with these arguments and gives its standard output; rejects when it fails. */
export type Virsh = (...args: string[]) => Promise<string>;

/** There is nothing to go back to. */
export class NoSnapshotError extends Error {}

/** virsh for one hypervisor; it rejects with an UnreachableError that has libvirt's words. */
export function virshAt(libvirtUri: string): Virsh {
    return async (...args) => {
        const options = ["--quiet", "--connect", libvirtUri];
        const { exitCode, stdout, stderr } = await execa("virsh", [...options, ...args], { reject: false });
        if (exitCode !== 0) {
            throw new UnreachableError(`virsh ${args.join(" ")}: ${stderr}`);
        }
        return stdout;
    };
}

/**
 * Takes a snapshot of every running machine, memory and disk, in place of an earlier one. All machines stand still
 * meanwhile, so that none is ahead of another. The snapshots lie in the machines' disks and go with them.
 *
 * @param labName prefix of the libvirt objects' names
 */
export async function takeSnapshots(virsh: Virsh, labName: string): Promise<void> {
    for (const domain of domainsWith(await machinesWithSnapshot(virsh, labName), labName)) {
        await virsh("snapshot-delete", domain, snapshotName);
    }
    const domains = domainsWith(machineNames, labName);
    try {
        await all(domains, (domain) => virsh("suspend", domain));
        await all(domains, (domain) => virsh("snapshot-create-as", domain, snapshotName));
    } finally {
        await all(domains, (domain) => virsh("resume", domain));
    }
}

/**
 * Puts every machine back to its snapshot, whatever has become of it since: one that is off runs again.
 *
 * @param labName prefix of the libvirt objects' names
 * @throws NoSnapshotError before anything is changed, when a machine has none
 */
export async function revertToSnapshots(virsh: Virsh, labName: string): Promise<void> {
    const present = await machinesWithSnapshot(virsh, labName);
    const missing = machineNames.filter((name) => !present.includes(name));
    if (missing.length > 0) {
        throw new NoSnapshotError(`There is no snapshot of ${missing.join(", ")}`);
    }
    const domains = domainsWith(machineNames, labName);
    await all(domains, (domain) => virsh("snapshot-revert", domain, snapshotName, "--paused"));
    await all(domains, (domain) => virsh("resume", domain));
}

async function machinesWithSnapshot(virsh: Virsh, labName: string): Promise<string[]> {
    const lists = await Promise.all(machineNames.map((name) => virsh("snapshot-list", `${labName}-${name}`, "--name")));
    return machineNames.filter((_, index) => lists[index]?.split("\n").includes(snapshotName));
}

function domainsWith(names: readonly string[], labName: string): string[] {
    return names.map((name) => `${labName}-${name}`);
}

/** Works on all at once, and only when every one has ended says what went wrong. */
async function all<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
    const failed = (await Promise.allSettled(items.map(work))).find((result) => result.status === "rejected");
    if (failed) {
        throw failed.reason;
    }
}
