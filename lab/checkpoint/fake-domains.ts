import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Cell } from "../cell/cell";
import { UnreachableError } from "../lib/unreachable-error";

type State = "running" | "paused" | "shut off";

interface Domain {
    state: State;
    /** Content of the disk as the guest's memory contains it. */
    cached: string;
}

const pool = "lab";

/** Calls of virsh that change domains or their files. */
const changing = ["suspend", "save", "restore", "start", "resume", "destroy", "define", "pool-refresh"];

/**
 * libvirt in a cell for tests: domains with a disk and saved memory in files. A running domain writes to its disk, so a restore
 * detects memory that does not fit the disk. A command can be killed at any call.
 */
export class FakeDomains {
    readonly domains: Record<string, Domain> = {};
    /** Restores of memory that did not fit the disk, which would destroy the guest's file system. */
    readonly corrupted: string[] = [];
    /** Calls that change something. */
    calls: string[] = [];
    /** Calls that fail, by their beginning: `save two`. */
    failing: string[] = [];
    /** Domains on which libvirtd works until the next query of their jobs. */
    busy: string[] = [];
    /** Output of `virsh domstate --reason`. */
    readonly reasons: Record<string, string> = {};
    private writes = 0;
    private kill: { at: number; after: boolean; killed: () => void } | undefined;
    private isKilled = false;

    constructor(
        private readonly cell: Cell,
        names: readonly string[],
    ) {
        mkdirSync(join(cell.images, pool), { recursive: true });
        for (const name of names) {
            writeFileSync(this.disk(name), "");
            this.domains[name] = { state: "shut off", cached: "" };
            this.run(name);
        }
    }

    /** Replaces virsh(). */
    readonly virsh = async (_: Cell, args: readonly string[]): Promise<string> => {
        const [command = ""] = args;
        if (this.isKilled) {
            return await new Promise(() => {});
        }
        if (!changing.includes(command)) {
            return this.execute(args);
        }
        const kill = this.kill?.at === this.calls.length ? this.kill : undefined;
        this.calls.push(args.join(" "));
        this.isKilled = kill !== undefined;
        // Other calls that were made at the same time end, as those of virsh do.
        const output = kill?.after === false ? "" : await this.execute(args);
        if (kill !== undefined) {
            kill.killed();
            return await new Promise(() => {});
        }
        return output;
    };

    /** Runs a command and kills it at a call that changes something, before or after that call. Whether it was killed. */
    async killed(at: number, after: boolean, command: () => Promise<unknown>): Promise<boolean> {
        this.calls = [];
        const killed = new Promise<boolean>((resolve) => {
            this.kill = { at, after, killed: () => resolve(true) };
        });
        const result = await Promise.race([killed, command().then(() => false)]);
        this.kill = undefined;
        this.isKilled = false;
        return result;
    }

    /** Ends all domains, as a reboot of the machine does. */
    reboot(): void {
        for (const domain of Object.values(this.domains)) {
            domain.state = "shut off";
        }
    }

    states(): Record<string, State> {
        return Object.fromEntries(Object.entries(this.domains).map(([name, { state }]) => [name, state]));
    }

    private disk(name: string): string {
        return join(this.cell.images, pool, `${name}.qcow2`);
    }

    /** A guest that runs has other memory, and another disk that fits it. */
    private run(name: string): void {
        const domain = this.domain(name);
        this.writes += 1;
        domain.state = "running";
        domain.cached = `${name} ${this.writes}`;
        writeFileSync(this.disk(name), domain.cached);
    }

    private domain(name: string): Domain {
        const domain = this.domains[name];
        if (domain === undefined) {
            throw new UnreachableError(`There is no domain ${name}`);
        }
        return domain;
    }

    private async execute(args: readonly string[]): Promise<string> {
        const [command = "", first = "", second = ""] = args;
        if (this.failing.some((call) => args.join(" ").startsWith(call))) {
            throw new UnreachableError(`virsh ${args.join(" ")} failed`);
        }
        const actions: Record<string, () => string> = {
            list: () => this.list(args),
            "net-list": () => "",
            "pool-list": () => `${pool}\n`,
            dumpxml: () => this.xml(args.at(-1) ?? ""),
            "pool-dumpxml": () => "<pool/>",
            dominfo: () => "Max memory: 1024 KiB",
            domjobinfo: () => {
                const isBusy = this.busy.includes(first);
                this.busy = this.busy.filter((name) => name !== first);
                return `Job type: ${isBusy ? "Unbounded" : "None"}`;
            },
            domstate: () => this.reasons[args.at(-1) ?? ""] ?? "",
            suspend: () => this.change(first, "running", "paused"),
            resume: () => {
                this.change(first, "paused", "running");
                this.run(first);
                return "";
            },
            save: () => {
                const domain = this.domain(first);
                writeFileSync(second, `LibvirtQemudSave${domain.cached}`);
                domain.state = "shut off";
                return "";
            },
            restore: () => this.restore(first),
            start: () => {
                this.change(first, "shut off", "paused");
                this.domain(first).cached = readFileSync(this.disk(first), "utf8");
                if (!args.includes("--paused")) {
                    this.run(first);
                }
                return "";
            },
            destroy: () => {
                this.domain(first).state = "shut off";
                return "";
            },
            define: () => "",
            "pool-refresh": () => "",
        };
        const action = actions[command];
        if (action === undefined) {
            throw new Error(`FakeDomains has no call ${command}`);
        }
        return action();
    }

    private list(args: readonly string[]): string {
        const rows = Object.entries(this.domains)
            .map(([name, { state }], index) => ({ id: state === "shut off" ? "-" : `${index + 1}`, name, state }))
            .filter(({ id }) => args.includes("--all") || id !== "-");
        return rows
            .map(({ id, name, state }) => (args.includes("--name") ? `${name}\n` : ` ${id}   ${name}   ${state}\n`))
            .join("");
    }

    private change(name: string, from: State, to: State): string {
        const domain = this.domain(name);
        if (domain.state !== from) {
            throw new UnreachableError(`Domain ${name} is ${domain.state}`);
        }
        domain.state = to;
        return "";
    }

    private restore(file: string): string {
        const name = basename(file);
        const cached = readFileSync(file, "utf8").replace("LibvirtQemudSave", "");
        this.change(name, "shut off", "paused");
        this.domain(name).cached = cached;
        if (existsSync(this.disk(name)) && readFileSync(this.disk(name), "utf8") !== cached) {
            this.corrupted.push(file);
        }
        return "";
    }

    private xml(name: string): string {
        const disk = `<disk type='file' device='disk'><source file='/var/lib/libvirt/images/${pool}/${name}.qcow2'/></disk>`;
        return `<domain type='qemu'><name>${name}</name><clock offset='utc'/><devices>${disk}</devices></domain>`;
    }
}
