import { mapsUsers } from "./checks/namespaces.ts";
import { type Inspection, oncePerInspection } from "./inspection.ts";

/** Whether QEMU runs with an ordinary user's ID in a user namespace: in that user's cell, or this process is in one. */
export function isRootless({ host, context }: Inspection): boolean {
    return host.user.uid === 0 ? host.environment.LAB_CELL !== undefined : context.hypervisor === "cell";
}

/**
 * The code with which the lab's QEMU fails to open /dev/kvm; undefined when it opens.
 *
 * In a cell, QEMU has the user's ID, but none of the user's groups: nsenter(1) drops them with setgroups(2), and so does
 * libvirtd. Membership in the group `kvm` has no effect there. The trial needs the mapping of a cell; before that is
 * possible, the user's access decides.
 */
export const kvmError = oncePerInspection(async (inspection: Inspection): Promise<string | undefined> => {
    const error = inspection.host.openDevice("/dev/kvm");
    const isTried = inspection.host.user.uid !== 0 && isRootless(inspection);
    if (error !== undefined || !isTried || !(await mapsUsers(inspection))) {
        return error;
    }
    const withoutGroups = ["--user", "--map-root-user", "--map-auto", "--setgid", "0", "--"];
    const { exitCode } = await inspection.run("unshare", [...withoutGroups, "sh", "-c", "exec 3<>/dev/kvm"]);
    return exitCode === 0 ? undefined : "EACCES";
});
