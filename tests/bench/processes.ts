import { readdirSync, readFileSync } from "node:fs";

/** CPU time of a process in seconds, and its memory in MiB. */
export interface ProcessUsage {
    pid: number;
    parent: number;
    /** Distinguishes it from later processes with the same ID. */
    startTime: string;
    /** Time of all of its threads. */
    own: number;
    /** Time of its children that have ended and that it has waited for, and of theirs. */
    waited: number;
    /** Resident memory. */
    memory: number;
}

/** Clock ticks a second and bytes a page, on x86-64. */
const [ticks, page] = [100, 4096];

/** Parses /proc/PID/stat, proc(5). The second field is the program's name in parentheses, which may contain spaces. */
export function parseStat(text: string): ProcessUsage {
    const fields = text.slice(text.lastIndexOf(") ") + 2).split(" ");
    const field = (number: number) => Number(fields[number - 3]);
    return {
        pid: Number.parseInt(text, 10),
        parent: field(4),
        startTime: fields[22 - 3] ?? "",
        own: (field(14) + field(15)) / ticks,
        waited: (field(16) + field(17)) / ticks,
        memory: (field(24) * page) / 2 ** 20,
    };
}

/** All processes of this machine. */
export function readProcesses(): ProcessUsage[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                return [parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))];
            } catch {
                return []; // ended meanwhile
            }
        });
}

/** A process and its descendants, parents first; empty when there is no such process. */
export function treeOf(root: number | undefined, processes: readonly ProcessUsage[]): ProcessUsage[] {
    const children = Map.groupBy(processes, ({ parent }) => parent);
    const tree = processes.filter(({ pid }) => pid === root);
    for (const { pid } of tree) {
        tree.push(...(children.get(pid) ?? [])); // the loop continues with these
    }
    return tree;
}
