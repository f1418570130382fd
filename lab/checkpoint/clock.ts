import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../cell/cell";
import { virsh, virshNames } from "../cell/libvirt";
import { all } from "../lib/all";

/**
 * Records the guests' time in the definitions of all machines, so that a machine that is switched off and on agrees with
 * the others: their clocks, also the real-time ones (`-rtc clock=vm`, qemu(1)), stop while a machine is suspended.
 * https://libvirt.org/formatdomain.html#time-keeping
 *
 * @param guestTime the suspended guests' time, seconds since 1970
 * @param definitions XML of all machines; default: their present definitions
 */
export async function setClocks(cell: Cell, guestTime: number, definitions?: readonly string[]): Promise<void> {
    await all(definitions ?? (await presentDefinitions(cell)), (xml) =>
        define(cell, "define", withClockOffset(xml, Math.round(guestTime - Date.now() / 1000))),
    );
    cell.update({ clockOffset: guestTime - Date.now() / 1000 });
}

async function presentDefinitions(cell: Cell): Promise<string[]> {
    return all(await virshNames(cell, "list", "--all"), (name) =>
        virsh(cell, ["dumpxml", "--security-info", "--inactive", name]),
    );
}

/** A domain's definition whose clock is `offset` seconds from the present. */
export function withClockOffset(xml: string, offset: number): string {
    return xml.replace(
        /<clock offset=['"](?:utc|variable)['"][^>/]*/,
        `<clock offset='variable' adjustment='${offset}' basis='utc'`,
    );
}

/** Passes a definition to virsh, which reads it from a file: `net-define`, `pool-define` or `define`. */
export async function define(cell: Cell, command: string, xml: string): Promise<void> {
    const file = join(cell.folder, `${command}-${randomUUID()}.xml`);
    writeFileSync(file, xml, { mode: 0o600 });
    try {
        await virsh(cell, [command, file]);
    } finally {
        rmSync(file, { force: true });
    }
}
