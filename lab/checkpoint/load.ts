import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cell } from "../cell/cell";
import { ensureLibvirt, virsh, virshNames } from "../cell/libvirt";
import { all, bringTo } from "./domains";
import { beginOperation, endOperation, interruptedOperation } from "./operation";
import { readSavedMachines, type SavedMachines } from "./record";
import { placeVolume, writtenVolumes } from "./volumes";

/**
 * Puts the cell's machines into a saved state, whatever state they are in. A cell without machines receives networks, pool
 * and definitions as well. Cell.locked must be held.
 *
 * The guests' time goes on from the moment at which they were saved, also that of their real-time clocks (`-rtc clock=vm`,
 * qemu(1)). The definitions receive the difference from the present, so that a machine that is switched off and on agrees
 * with the others. https://libvirt.org/formatdomain.html#time-keeping
 *
 * @throws CellError when the saved state is incomplete; nothing was changed
 */
export async function loadMachines(cell: Cell, folder: string): Promise<void> {
    const record = readSavedMachines(folder);
    await ensureLibvirt(cell);
    beginOperation(cell, { kind: "load", folder });
    await all(await virshNames(cell, "list"), (name) => virsh(cell, ["destroy", name]));
    const existing = await virshNames(cell, "list", "--all");
    await all(
        existing.filter((name) => !(name in record.domains)),
        (name) => virsh(cell, ["undefine", name]),
    );
    await defineNetworks(cell, folder, record.networks);
    const definitions = Object.keys(record.domains).map((name) =>
        readFileSync(join(folder, "domains", `${name}.xml`), "utf8"),
    );
    if (record.pool !== undefined) {
        await placeVolumes(cell, folder, record.pool, definitions.flatMap(writtenVolumes));
    }
    const clockOffset = Math.round(record.guestTime - Date.now() / 1000);
    await all(definitions, (xml) => define(cell, "define", withClockOffset(xml, clockOffset)));
    cell.update({ clockOffset });
    await bringTo(cell, record.domains, folder);
    endOperation(cell);
}

/** Completes a save or load that a kill interrupted; does nothing otherwise. Cell.locked must be held. */
export async function completeOperation(cell: Cell): Promise<void> {
    const operation = interruptedOperation(cell);
    if (operation?.kind === "load") {
        await loadMachines(cell, operation.folder);
    } else if (operation?.kind === "save") {
        await ensureLibvirt(cell);
        await bringTo(cell, operation.domains, operation.folder);
        endOperation(cell);
    }
}

/** A domain's definition whose clock is `offset` seconds from the present. */
export function withClockOffset(xml: string, offset: number): string {
    return xml.replace(
        /<clock offset=['"](?:utc|variable)['"][^>/]*/,
        `<clock offset='variable' adjustment='${offset}' basis='utc'`,
    );
}

async function defineNetworks(cell: Cell, folder: string, networks: SavedMachines["networks"]): Promise<void> {
    const existing = await virshNames(cell, "net-list", "--all");
    for (const network of networks.filter((name) => !existing.includes(name))) {
        await define(cell, "net-define", readFileSync(join(folder, "networks", `${network}.xml`), "utf8"));
        await virsh(cell, ["net-start", network]);
    }
}

async function placeVolumes(cell: Cell, folder: string, pool: string, written: string[]): Promise<void> {
    const target = join(cell.images, pool);
    await mkdir(target, { recursive: true });
    await all(await readdir(join(folder, "volumes")), async (file) => {
        const isWritten = written.includes(file);
        if (isWritten || !existsSync(join(target, file))) {
            await placeVolume(join(folder, "volumes", file), join(target, file), isWritten);
        }
    });
    if (!(await virshNames(cell, "pool-list", "--all")).includes(pool)) {
        await define(cell, "pool-define", readFileSync(join(folder, "pool.xml"), "utf8"));
        await virsh(cell, ["pool-start", pool]);
    }
    await virsh(cell, ["pool-refresh", pool]);
}

/** Gives virsh a definition over its standard input: its files are not visible to other users. */
async function define(cell: Cell, command: string, xml: string): Promise<void> {
    await virsh(cell, [command, "/dev/stdin"], undefined, xml);
}
