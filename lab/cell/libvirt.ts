import { setTimeout } from "node:timers/promises";
import { type Cell, CellError } from "./cell";
import { createNamespaces, hasNamespaces, inCell, inPidNamespace } from "./namespaces";
import { run } from "./run";

/** Milliseconds for libvirtd to answer after its start; wide enough for a busy machine. */
const startDeadline = 60_000;

/** Milliseconds for one call of virsh that does not wait for a guest. */
const callDeadline = 60_000;

/** Runs virsh(1) in the cell and returns its standard output. */
export function virsh(cell: Cell, args: readonly string[], timeout = callDeadline): Promise<string> {
    return run(inCell(cell, ["virsh", "--quiet", "--connect", "qemu:///system", ...args]), { timeout });
}

/** Names that a `virsh *-list --name` prints. */
export async function virshNames(cell: Cell, ...args: string[]): Promise<string[]> {
    return (await virsh(cell, [...args, "--name"])).split("\n").map((name) => name.trim()).filter(Boolean);
}

/**
 * Makes the cell's libvirtd answer, whatever is missing: namespaces, daemons, or the networks and pools that libvirt does
 * not start itself. Guests stay as they are: libvirtd finds running ones again.
 *
 * @throws CellError when libvirtd does not answer within a minute
 */
export async function ensureLibvirt(cell: Cell): Promise<void> {
    if (hasNamespaces(cell) && (await answers(cell))) {
        return;
    }
    if (!hasNamespaces(cell)) {
        await createNamespaces(cell);
    }
    for (const daemon of ["virtlogd", "libvirtd"]) {
        // Ends with an error where the daemon still runs.
        await run(inPidNamespace(cell, [daemon, "--daemon"])).catch(() => {});
    }
    const end = Date.now() + startDeadline;
    while (!(await answers(cell))) {
        if (Date.now() > end) {
            throw new CellError(`libvirtd does not answer in the cell ${cell.id}; see ${cell.folder}/log/libvirtd.log`);
        }
        await setTimeout(100);
    }
    await startInactive(cell);
}

/** Starts the cell's networks and storage pools that are not active. */
async function startInactive(cell: Cell): Promise<void> {
    for (const network of await virshNames(cell, "net-list", "--inactive")) {
        await virsh(cell, ["net-start", network]);
    }
    for (const pool of await virshNames(cell, "pool-list", "--inactive")) {
        await virsh(cell, ["pool-start", pool]);
    }
}

function answers(cell: Cell): Promise<boolean> {
    return virsh(cell, ["version"], 5_000).then(
        () => true,
        () => false,
    );
}
