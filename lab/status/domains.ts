import execa from "execa";
import type { Answer } from "./observation";

/** Seconds that libvirt has to answer. */
const deadline = 20;

/** Asks libvirt for its domains: a domain's name to its state. */
export async function readDomains(libvirtUri: string): Promise<Answer<Map<string, string>>> {
    const { exitCode, stdout, stderr } = await execa("virsh", ["--connect", libvirtUri, "list", "--all"], {
        // virsh translates the states' names.
        env: { LC_ALL: "C" },
        reject: false,
        timeout: deadline * 1000,
    });
    if (exitCode !== 0) {
        return {
            problem:
                stderr.trim().split("\n").at(-1)?.replace("error: ", "") ||
                `libvirt does not answer within ${deadline} s`,
        };
    }
    return { value: parseDomains(stdout) };
}

/** @param table what `virsh list --all` prints: Id, Name and State, which may be two words, under two lines of heading */
export function parseDomains(table: string): Map<string, string> {
    return new Map(
        [...table.matchAll(/^ *(?:\d+|-) +(\S+) +(\S.*?) *$/gm)].map(([, name = "", state = ""]) => [name, state]),
    );
}
