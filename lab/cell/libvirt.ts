import { namesIn, virsh as virshAt } from "../lib/virsh";
import { waitFor } from "../lib/wait";
import type { Cell } from "./cell";
import { createNamespaces, hasNamespaces, inCell, inPidNamespace, scope } from "./namespaces";
import { succeed, systemEnvironment } from "./run";

/** Seconds for libvirtd to respond after its start; wide enough for a busy machine. */
const startDeadline = 60;

/** Seconds for one call of virsh that does not transfer a guest's memory. */
const callDeadline = 60;

/** Runs virsh(1) in the cell and returns its standard output. Timeout in seconds, default 60. */
export function virsh(cell: Cell, args: readonly string[], timeout = callDeadline): Promise<string> {
    const path = ["env", `PATH=${systemEnvironment().PATH}`];
    return virshAt("qemu:///system", inCell(cell, path))(args, { timeout });
}

/** Names in a list of virsh: domains, networks or pools. */
export async function virshNames(cell: Cell, ...args: string[]): Promise<string[]> {
    return namesIn(await virsh(cell, [...args, "--name"]));
}

/**
 * Makes the cell's libvirtd respond, and starts the missing parts: namespaces, daemons, and the networks and pools that
 * libvirt does not start. Guests are not changed: libvirtd finds running ones again.
 *
 * @throws DeadlineError when libvirtd does not respond within a minute
 */
export async function ensureLibvirt(cell: Cell): Promise<void> {
    if (hasNamespaces(cell) && (await responds(cell))) {
        return;
    }
    if (!hasNamespaces(cell)) {
        await createNamespaces(cell);
    }
    for (const daemon of ["virtlogd", "libvirtd"]) {
        // Fails where the daemon still runs.
        await succeed([...scope(cell), ...inPidNamespace(cell, [daemon, "--daemon"])]).catch(() => {});
    }
    const what = `libvirtd of the cell ${cell.id} (its log: ${cell.folder}/log/libvirtd.log)`;
    await waitFor(what, () => responds(cell), { deadline: startDeadline, interval: 0.1, maximumInterval: 1 });
    await startInactive(cell);
}

/**
 * Starts the cell's networks and storage pools that are not active. One whose creation was interrupted does not start: a pool
 * without a folder. The next update removes it.
 */
async function startInactive(cell: Cell): Promise<void> {
    for (const kind of ["net", "pool"]) {
        for (const name of await virshNames(cell, `${kind}-list`, "--inactive")) {
            await virsh(cell, [`${kind}-start`, name]).catch(() => {});
        }
    }
}

function responds(cell: Cell): Promise<boolean> {
    return virsh(cell, ["version"], 5).then(
        () => true,
        () => false,
    );
}
