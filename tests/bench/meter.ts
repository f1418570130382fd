import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectName } from "../../infra/config/project";
import { Cell } from "../../lab/cell/cell";
import { argumentsOf, isAlive } from "../../lab/cell/process";
import { type ProcessUsage, readProcesses, treeOf } from "./processes";

/** CPU seconds until now, and MiB of memory that the cell's processes occupy now. */
export interface Usage {
    /** Of QEMU, by machine. */
    guestCpu: Record<string, number>;
    /** Of the benchmark, the commands that it runs, and libvirt in the cell. */
    hostCpu: number;
    memory: number;
}

/**
 * Adds up the CPU time of processes that end and start again: a machine that is restored has a new QEMU, which starts from
 * zero. A process of the cell counts up to the last reading before its end; commands count exactly.
 */
export class Meter {
    private readonly seen = new Map<string, { machine: string | undefined; seconds: number }>();

    /** @param machineAt the machine that a process runs; undefined for other programs */
    constructor(private readonly machineAt = (pid: number) => machineIn(argumentsOf(pid))) {}

    /** The usage of a stack's lab and of this process. */
    read(stack: string): Usage {
        const init = Cell.of(stack)?.record.init;
        return this.add(readProcesses(), process.pid, init !== undefined && isAlive(init) ? init.pid : undefined);
    }

    /**
     * @param self the benchmark; its descendants are the commands
     * @param init the first process of the cell's PID namespace; its descendants are QEMU and libvirt
     */
    add(processes: readonly ProcessUsage[], self: number, init: number | undefined): Usage {
        // The first process does not count: it has waited for every QEMU that ended.
        const cell = treeOf(init, processes).slice(1);
        for (const { pid, startTime, own, waited } of cell) {
            const key = `${pid} ${startTime}`;
            // A process that is about to end has no arguments.
            const machine = this.seen.get(key)?.machine ?? this.machineAt(pid);
            this.seen.set(key, { machine, seconds: machine === undefined ? own + waited : own });
        }
        const inCell = new Set([init, ...cell.map(({ pid }) => pid)]);
        const commands = treeOf(self, processes).filter(({ pid }) => !inCell.has(pid));
        const ofMachine = Map.groupBy(this.seen.values(), ({ machine }) => machine);
        const cpuOf = (machine?: string) => sum((ofMachine.get(machine) ?? []).map(({ seconds }) => seconds));
        const machines = [...ofMachine.keys()].filter((machine) => machine !== undefined);
        return {
            guestCpu: Object.fromEntries(machines.map((machine) => [machine, cpuOf(machine)])),
            hostCpu: sum(commands.map(({ own, waited }) => own + waited)) + cpuOf(undefined),
            memory: sum(cell.map(({ memory }) => memory)),
        };
    }
}

/** CPU seconds between two readings, and the memory of the later one. */
export function difference(later: Usage, earlier: Usage): Usage {
    const guests = Object.entries(later.guestCpu).map(([name, time]) => [name, time - (earlier.guestCpu[name] ?? 0)]);
    return { guestCpu: Object.fromEntries(guests), hostCpu: later.hostCpu - earlier.hostCpu, memory: later.memory };
}

/** The machine in QEMU's argument `-name guest=certificate-lab-lb,...`; undefined for other programs. */
export function machineIn(args: readonly string[]): string | undefined {
    const prefix = `guest=${projectName}-`;
    const name = args[args.indexOf("-name") + 1] ?? "";
    return name.startsWith(prefix) ? name.slice(prefix.length).split(",")[0] : undefined;
}

/** MiB that the files below a folder occupy, without hard links: these share their blocks with the image or a template. */
export function diskOf(folder = ""): number {
    const paths = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
    const files = paths.map((path) => lstatSync(join(folder, path), { throwIfNoEntry: false }));
    return sum(files.map((file) => (file?.nlink === 1 ? (file.blocks * 512) / 2 ** 20 : 0)));
}

export function sum(values: readonly number[]): number {
    return values.reduce((total, value) => total + value, 0);
}
