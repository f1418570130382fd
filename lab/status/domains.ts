import { UnreachableError } from "../lib/unreachable-error";
import { virsh } from "../lib/virsh";
import type { Result } from "./lab-status";

/** Seconds for libvirt to respond. */
const timeout = 20;

/** The names of all libvirt domains with their states. */
export async function readDomains(libvirtUri: string): Promise<Result<Map<string, string>>> {
    try {
        return { value: parseDomains(await virsh(libvirtUri)(["list", "--all"], { timeout })) };
    } catch (error) {
        if (!(error instanceof UnreachableError)) {
            throw error;
        }
        return { failure: error.message };
    }
}

/** @param table output of `virsh list --all`: Id, Name and State, which may be two words */
export function parseDomains(table: string): Map<string, string> {
    return new Map(
        [...table.matchAll(/^ *(?:\d+|-) +(\S+) +(\S.*?) *$/gm)].map(([, name = "", state = ""]) => [name, state]),
    );
}
