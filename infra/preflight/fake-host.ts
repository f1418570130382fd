import type { Check, CheckContext, CheckResult } from "./check.ts";
import type { CommandOutput, HostFacts } from "./host-facts.ts";
import { Inspection } from "./inspection.ts";

/** A machine for tests, as data. Everything that is left out does not exist on it. */
export interface FakeMachine {
    architecture?: string;
    user?: Partial<HostFacts["user"]>;
    environment?: Record<string, string>;
    hasTerminal?: boolean;
    /** Installed programs. */
    programs?: string[];
    /** Command lines, or beginnings of them, to standard output or to the whole output. The longest that fits counts. */
    commands?: Record<string, string | Partial<CommandOutput>>;
    /** Contents of readable files. */
    files?: Record<string, string>;
    /** Existing folders and files, in addition to `files`. */
    paths?: string[];
    /** Group IDs of paths; default 0. */
    groups?: Record<string, number>;
    /** Devices, and libvirt's and other sockets: the code with which opening fails, "" when it works. */
    opens?: Record<string, string>;
    /** Paths that are not writable. */
    readOnly?: string[];
    /** MiB. */
    memory?: number;
    /** MiB, for each path or for all. */
    disk?: number | Record<string, number>;
    /** Numbers of the file systems of paths; default 1. */
    devices?: Record<string, number>;
    /** The end of a tunnel: whether ssh connects, and its messages. */
    tunnel?: { connects: boolean; messages?: string };
}

/** A host that ran commands, for assertions, and wrote files. */
export interface FakeHost extends HostFacts {
    readonly ran: string[];
    readonly written: Record<string, string>;
    /** Options of ssh(1) for each tunnel, and how many tunnels are open. */
    readonly tunnels: { options: string[]; open: boolean }[];
}

export function fakeHost(machine: FakeMachine): FakeHost {
    const { programs = [], commands = {}, files = {}, paths = [], opens = {}, disk = 0 } = machine;
    const ran: string[] = [];
    const written: Record<string, string> = {};
    const tunnels: FakeHost["tunnels"] = [];
    const readText = (path: string) => written[path] ?? files[path];
    const code = (path: string) => opens[path] ?? "ENOENT";
    const exists = (path: string) =>
        readText(path) !== undefined ||
        path in opens ||
        [...paths, ...Object.keys(files)].some((known) => isWithin(known, path));
    return {
        ran,
        written,
        tunnels,
        architecture: machine.architecture ?? "x64",
        user: { name: "ann", uid: 1000, groups: [1000], ...machine.user },
        environment: machine.environment ?? { HOME: "/home/ann" },
        hasTerminal: machine.hasTerminal ?? true,
        run: async (program, args) => {
            const line = [program, ...args].join(" ");
            ran.push(line);
            const name = program.split("/").at(-1) ?? "";
            if (!programs.includes(name)) {
                return { exitCode: undefined, stdout: "", stderr: `${program} is not installed` };
            }
            const known = Object.keys(commands).filter((beginning) => line.startsWith(beginning));
            const output = commands[known.sort((a, b) => b.length - a.length)[0] ?? ""] ?? { exitCode: 1 };
            return typeof output === "string"
                ? { exitCode: 0, stdout: output, stderr: "" }
                : { exitCode: 0, stdout: "", stderr: "", ...output };
        },
        findProgram: (name) => (programs.includes(name) ? `/usr/bin/${name}` : undefined),
        readText,
        glob: (pattern) => {
            const expression = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
            return [...Object.keys(files), ...paths].filter((path) => expression.test(path));
        },
        writeText: (path, content) => {
            written[path] = content;
        },
        stat: (path) =>
            exists(path)
                ? {
                      uid: 0,
                      gid: machine.groups?.[path] ?? 0,
                      device: machine.devices?.[path] ?? 1,
                      size: readText(path)?.length ?? 0,
                      modified: 0,
                  }
                : undefined,
        openDevice: (path) => code(path) || undefined,
        connect: async (path) => code(path) || undefined,
        isWritable: (path) => !machine.readOnly?.includes(path),
        freeMemory: () => machine.memory ?? 0,
        freeDisk: async (path) => (typeof disk === "number" ? disk : (disk[path] ?? 0)),
        openTunnel: async (options) => {
            const tunnel = { options: [...options], open: true };
            tunnels.push(tunnel);
            return {
                socket: machine.tunnel?.connects ? "/tmp/socket" : undefined,
                messages: () => machine.tunnel?.messages ?? "",
                close: async () => {
                    tunnel.open = false;
                },
            };
        },
    };
}

/** Whether a path is another one or a folder above it. */
function isWithin(path: string, folder: string): boolean {
    return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** The context of a lab in a cell; `changes` replace parts of it. */
export function cellContext(changes: Partial<CheckContext> = {}): CheckContext {
    return {
        hypervisor: "cell",
        libvirtUri: "qemu:///system",
        labName: "certificate-lab",
        network: "192.168.20.0/24",
        accelerator: "auto",
        image: "/lab/.lab/image",
        buildsImage: true,
        toCell: "pulumi config rm libvirtUri",
        deadline: 4,
        folders: {
            repository: "/lab",
            cache: "/home/ann/.cache/certificate-lab",
            lab: "/home/ann/.local/state/certificate-lab",
            temporary: "/var/tmp",
        },
        ...changes,
    };
}

/** The context of a lab on the system's libvirtd. */
export function systemContext(changes: Partial<CheckContext> = {}): CheckContext {
    return cellContext({ hypervisor: "system", ...changes });
}

/** The context of a lab on another machine's libvirtd. */
export function remoteContext(changes: Partial<CheckContext> = {}): CheckContext {
    return cellContext({ hypervisor: "remote", libvirtUri: "qemu+ssh://root@server/system", ...changes });
}

/** Runs one check on a machine. */
export async function resultOf(check: Check, machine: FakeMachine, context = cellContext()): Promise<CheckResult> {
    const inspection = new Inspection(fakeHost(machine), context);
    try {
        return await check.run(inspection);
    } finally {
        await inspection.close();
    }
}
