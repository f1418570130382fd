import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { NotYetError, waitFor } from "../lib/wait";
import { type Cell, CellError } from "./cell";
import {
    argumentsOf,
    childrenOf,
    identify,
    isAlive,
    kill,
    networkNamespace,
    type ProcessIdentity,
    processesIn,
    processesWithMount,
} from "./process";
import { type CommandError, startDaemon, succeed } from "./run";

/** Seconds for a namespace to exist; wide enough for a busy machine. */
const patience = { deadline: 20, interval: 0.02, maximumInterval: 0.2 };

/** The cell's folders and their mount points in the cell. */
const bindings = {
    etc: "/etc/libvirt",
    lib: "/var/lib/libvirt",
    log: "/var/log/libvirt",
    cache: "/var/cache/libvirt",
};

/** The argument vector that runs a command in the cell's namespaces, with /proc of the machine. */
export function inCell(cell: Cell, command: readonly string[]): string[] {
    return [...enter(cell, cell.record.pause, []), ...command];
}

/** As {@link inCell}, but in the PID namespace of libvirtd and QEMU. */
export function inPidNamespace(cell: Cell, command: readonly string[]): string[] {
    return [...enter(cell, cell.record.init, ["--pid"]), ...command];
}

/** Whether the cell's namespaces exist. */
export function hasNamespaces({ record: { pause, init } }: Cell): boolean {
    return pause !== undefined && isAlive(pause) && init !== undefined && isAlive(init);
}

/**
 * Creates the cell's namespaces; {@link endNamespaces} ends them.
 *
 * Two processes keep them. `pause` holds the user, network and mount namespace. `init` is the first process of a PID
 * namespace, in which libvirtd and QEMU run: when it ends, the kernel kills all of them. Commands enter the namespaces of
 * `pause`, where /proc is the machine's, as Node.js and Pulumi's locks need.
 *
 * Nothing of the machine's /run is visible inside, in particular not the system's D-Bus and libvirtd.
 *
 * @throws CellError when the system does not allow it
 */
export async function createNamespaces(cell: Cell): Promise<void> {
    await endNamespaces(cell);
    for (const folder of Object.keys(bindings)) {
        await mkdir(join(cell.folder, folder), { recursive: true });
    }
    await cp(join(repositoryRoot, "lab", "cell", "etc-libvirt"), join(cell.folder, "etc"), { recursive: true });

    const user = cell.record.rootless ? ["--user", "--map-root-user", "--map-auto"] : [];
    const namespaces = [...user, "--net", "--mount", "--propagation", "private"];
    // A test in the foreground returns the error of the kernel or newuidmap.
    await succeed(["unshare", ...namespaces, "--", "true"]).catch((error: CommandError) => {
        throw new CellError(restriction(error));
    });
    const pause = startDaemon([...scope(cell), "unshare", ...namespaces, "--", "sleep", "infinity"]);
    // Recorded at once: after a kill of this process, the next command ends it.
    cell.update({ pause: identify(pause), init: undefined });
    await waitFor(
        "the cell's namespaces",
        async () => identify(pause) !== undefined && networkNamespace(pause) !== networkNamespace(process.pid),
        patience,
    );

    const inside = (...command: string[]) => succeed(inCell(cell, command));
    // unshare(1) writes the user mapping after it has created the namespaces.
    await waitFor(
        "the cell's user mapping",
        () =>
            inside("true").then(
                () => true,
                () => false,
            ),
        patience,
    );
    await inside("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
    await inside("mkdir", "-p", "/run/libvirt", "/run/lock");
    for (const [folder, target] of Object.entries(bindings)) {
        if (!existsSync(target)) {
            throw new CellError(`${target} is missing: libvirt is not installed. Install it: make setup`);
        }
        await inside("mount", "--bind", join(cell.folder, folder), target);
    }
    await inside("ip", "link", "set", "lo", "up");
    await inside("sysctl", "--quiet", "--write", "net.ipv4.ip_forward=1");

    const pid = [
        "unshare",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount",
        "--mount-proc",
        "--",
        "tini",
        "--",
        "sleep",
        "infinity",
    ];
    const parent = startDaemon([...scope(cell), ...inCell(cell, pid)]);
    // tini has replaced the child of unshare as soon as it has a child.
    const init = await waitFor(
        "the cell's PID namespace",
        async () => {
            const [child] = childrenOf(parent);
            return child !== undefined && childrenOf(child).length > 0 ? identify(child) : undefined;
        },
        patience,
    );
    cell.update({ init });
}

/** Process IDs of the commands of bin/pulumi that run in the cell. */
export function commandsIn(cell: Cell): number[] {
    const { pause } = cell.record;
    const namespace = pause && isAlive(pause) ? networkNamespace(pause.pid) : undefined;
    const processes = namespace === undefined ? [] : processesIn(namespace);
    return processes.filter((pid) => argumentsOf(pid).some((argument) => argument.endsWith("/lab/pulumi.ts")));
}

/** Ends every process in the cell's namespaces, and with them the namespaces. */
export async function endNamespaces(cell: Cell): Promise<void> {
    const { pause, init } = cell.record;
    const living = [pause, init].filter((identity) => identity !== undefined).filter(isAlive);
    const network = living.map(({ pid }) => networkNamespace(pid)).find((namespace) => namespace !== undefined);
    for (const { pid } of living.reverse()) {
        kill(pid);
    }
    if (network !== undefined && network !== networkNamespace(process.pid)) {
        await endProcesses(cell.id, () => processesIn(network));
    }
    if (pause !== undefined || init !== undefined) {
        cell.update({ pause: undefined, init: undefined });
    }
}

/** Ends every process in the namespaces of a cell, also when its record is not readable. */
export async function endUnrecorded(id: string): Promise<void> {
    await endProcesses(id, () => processesWithMount(`/${id}/lib`, bindings.lib));
}

/** @throws DeadlineError for processes that do not end, for example while a disk does not respond */
async function endProcesses(id: string, find: () => number[]): Promise<void> {
    const haveEnded = async () => {
        const left = find();
        left.forEach(kill);
        if (left.length > 0) {
            throw new NotYetError(`ps -p ${left.join(",")}`);
        }
        return true;
    };
    await waitFor(`the processes of the cell ${id} to end`, haveEnded, patience);
}

function enter(cell: Cell, target: ProcessIdentity | undefined, more: string[]): string[] {
    // After a reboot of this machine, another process may have its ID.
    if (target === undefined || !isAlive(target)) {
        throw new CellError(
            `The lab of the stack ${cell.record.stack} is stopped. Start it: lab start --stack ${cell.record.stack}`,
        );
    }
    const user = cell.record.rootless ? ["--user"] : [];
    return ["nsenter", "--target", String(target.pid), ...user, "--net", "--mount", ...more, "--"];
}

/**
 * The command that puts a process and its children into a scope of the cell's slice, so that all of the cell's processes are
 * listed together and survive the terminal. https://www.freedesktop.org/software/systemd/man/latest/systemd-run.html
 *
 * Empty without systemd. Also empty for an ordinary user without lingering: the user's systemd ends with the last login and
 * would end the lab, and other processes survive (`KillUserProcesses`, logind.conf(5)).
 */
export function scope({ id, record }: Pick<Cell, "id" | "record">, env = process.env, exists = existsSync): string[] {
    const needed = record.rootless
        ? [`${env.XDG_RUNTIME_DIR}/systemd/private`, `/var/lib/systemd/linger/${userInfo().username}`]
        : ["/run/systemd/system"];
    if (!needed.every(exists)) {
        return [];
    }
    // A hyphen in the name of a slice separates it from its parent, systemd.slice(5).
    const slice = `certificate_lab-${id.replaceAll("-", "_")}.slice`;
    const user = record.rootless ? ["--user"] : [];
    return ["systemd-run", ...user, "--scope", "--quiet", "--collect", `--slice=${slice}`, "--"];
}

/** The remedies of an ordinary user when the system rejects a user namespace. */
function restriction(error: CommandError): string {
    const choices = [
        "sudo apt-get install uidmap                                      (if newuidmap or the ranges in /etc/subuid are missing)",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0    (Ubuntu 24.04 and later)",
        "sudo sysctl -w user.max_user_namespaces=10000                    (if it is 0)",
        "sudo make up                                                     (the cell then needs no user namespace)",
    ];
    return `This system does not let ${process.env.USER ?? "this user"} create namespaces: ${error.message}\nOne of these helps:\n  ${choices.join("\n  ")}`;
}
