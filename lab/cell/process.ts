import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process, distinguished from later ones with the same ID. */
export interface ProcessIdentity {
    pid: number;
    /** Start time in clock ticks since boot: field 22 of /proc/PID/stat, proc(5). */
    startTime: string;
    /** /proc/sys/kernel/random/boot_id, random(4). */
    boot: string;
}

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** The identity of a running process; undefined when there is none with that ID. */
export function identify(pid: number): ProcessIdentity | undefined {
    try {
        // The second field is the program's name in parentheses, which may contain spaces.
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
            .replace(/^.*\) /s, "")
            .split(" ");
        const [state, startTime = ""] = [fields[0], fields[19]];
        return state === "Z" ? undefined : { pid, startTime, boot: bootId() };
    } catch {
        return undefined;
    }
}

/** Whether the process still runs. */
export function isAlive({ pid, startTime, boot }: ProcessIdentity): boolean {
    const now = identify(pid);
    return now?.startTime === startTime && now.boot === boot;
}

/** Process IDs of a process' children, as /proc/PID/task/PID/children (proc(5)) lists them. */
export function childrenOf(pid: number): number[] {
    return textOf(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** The network namespace of a process, as in `net:[4026531840]`; undefined when it cannot be read. */
export function networkNamespace(pid: number): string | undefined {
    try {
        return readlinkSync(`/proc/${pid}/ns/net`);
    } catch {
        return undefined;
    }
}

/** IDs of all processes in a network namespace, as far as this user may see them. */
export function processesIn(namespace: string): number[] {
    return processIds("/proc").filter((pid) => networkNamespace(pid) === namespace);
}

/**
 * IDs of all processes in whose mount namespace a folder is mounted, as far as this user may see them.
 *
 * @param folder the end of its path in its file system
 */
export function processesWithMount(folder: string, target: string, proc = "/proc"): number[] {
    // Fields 4 and 5 of /proc/PID/mountinfo, proc(5).
    return processIds(proc).filter((pid) => textOf(`${proc}/${pid}/mountinfo`).includes(`${folder} ${target} `));
}

function processIds(proc: string): number[] {
    return readdirSync(proc)
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
}

/** The content of a file of /proc; empty when the process has ended. */
function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

/** The arguments of a process, its program first; empty when there is none. */
export function argumentsOf(pid: number): string[] {
    return textOf(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
}

/** Kills a process; does nothing when there is none. */
export function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}
