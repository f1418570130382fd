import type { Cell } from "../cell/cell";
import { virsh, virshNames } from "../cell/libvirt";
import { all } from "../lib/all";

/**
 * Records the guests' time in the definitions of all machines, so that a machine that is switched off and on agrees with
 * the others: their clocks, also the real-time ones (`-rtc clock=vm`, qemu(1)), stop while a machine is suspended.
 * https://libvirt.org/formatdomain.html#time-keeping
 *
 * @param guestTime the suspended guests' time, seconds since 1970
 */
export async function setClocks(cell: Cell, guestTime: number): Promise<void> {
    await all(await virshNames(cell, "list", "--all"), async (name) => {
        const xml = await virsh(cell, ["dumpxml", "--security-info", "--inactive", name]);
        await define(cell, "define", withClockOffset(xml, Math.round(guestTime - Date.now() / 1000)));
    });
    cell.update({ clockOffset: guestTime - Date.now() / 1000 });
}

/** A domain's definition whose clock is `offset` seconds from the present. */
export function withClockOffset(xml: string, offset: number): string {
    return xml.replace(
        /<clock offset=['"](?:utc|variable)['"][^>/]*/,
        `<clock offset='variable' adjustment='${offset}' basis='utc'`,
    );
}

/** Gives virsh a definition over its standard input: its files are not visible to other users. */
export async function define(cell: Cell, command: string, xml: string): Promise<void> {
    await virsh(cell, [command, "/dev/stdin"], undefined, xml);
}
