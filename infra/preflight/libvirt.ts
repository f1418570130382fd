import { type CheckResult, fail, ProbeError, pending } from "./check.ts";
import { type Inspection, lastLine, oncePerInspection } from "./inspection.ts";
import { isLocal, parseLibvirtUri, refusalOf } from "./libvirt-uri.ts";
import { explainSocketFailure, explainSshFailure, planProviderSsh, sshArguments } from "./provider-ssh.ts";

/** A libvirtd that responds. */
export interface Libvirt {
    /**
     * Runs virsh(1) and returns its standard output.
     *
     * @throws ProbeError with libvirt's message
     */
    virsh(...args: string[]): Promise<string>;
    /** Names of all domains and networks, and of the active storage pools. */
    names: { domains: string[]; networks: string[]; pools: string[] };
}

/** A libvirtd, or the result of the check that fails because there is none. */
type Connection = { libvirt: Libvirt; problem?: undefined } | { libvirt?: undefined; problem: CheckResult };

/** The socket of the libvirtd that serves all drivers; the provider connects to no other one. */
const monolithicSocket = "/var/run/libvirt/libvirt-sock";

/** Sockets of modular daemons (https://libvirt.org/daemons.html) that serve the lab, and the proxy for old clients. */
const modularSockets = ["virtqemud", "virtnetworkd", "virtstoraged", "virtproxyd"];

/** Connects as the libvirt provider does: to a Unix socket of this machine, or through SSH to one of another. */
export const providerConnection = oncePerInspection(async (inspection): Promise<Connection> => {
    const uri = inspection.context.libvirtUri;
    const refusal = refusalOf(uri);
    if (refusal !== undefined) {
        return { problem: refusal };
    }
    if (isLocal(uri)) {
        return localConnection(inspection);
    }
    return parseLibvirtUri(uri).transport === "ssh" ? sshConnection(inspection) : connect(inspection, uri);
});

/** The result of a connection with virsh's transports, which the lab's commands use; undefined when it works. */
export const virshProblem = oncePerInspection(async (inspection): Promise<CheckResult | undefined> => {
    const { libvirtUri, hypervisor } = inspection.context;
    const { problem } = await providerConnection(inspection);
    if (problem !== undefined || hypervisor !== "remote" || parseLibvirtUri(libvirtUri).transport !== "ssh") {
        return problem;
    }
    try {
        await virshAt(inspection, libvirtUri)("uri");
        return undefined;
    } catch (error) {
        return refused(inspection, (error as Error).message);
    }
});

async function localConnection(inspection: Inspection): Promise<Connection> {
    const { host, context } = inspection;
    const socket = parseLibvirtUri(context.libvirtUri).query.get("socket") || monolithicSocket;
    const error = await host.connect(socket);
    if (error === "EACCES" || error === "EPERM") {
        return { problem: await libvirtGroup(inspection, socket) };
    }
    if (error !== undefined) {
        return { problem: noSocket(inspection, socket, error) };
    }
    return connect(inspection, context.libvirtUri);
}

/** The user may not open libvirtd's socket. */
async function libvirtGroup(inspection: Inspection, socket: string): Promise<CheckResult> {
    const { host } = inspection;
    const { name, groups } = host.user;
    const [group = "libvirt", , gid = "-1"] = (await inspection.run("getent", ["group", "libvirt"])).stdout
        .trim()
        .split(":");
    const database = (await inspection.run("id", ["--groups", name])).stdout.trim().split(" ");
    if (database.includes(gid) && !groups.includes(Number(gid))) {
        return fail(
            `${name} may not open ${socket}: ${name} is in the group libvirt, but was not when this session began. Log in again`,
            "newgrp libvirt",
        );
    }
    return fail(
        `${name} may not open ${socket}: ${name} is not in the group libvirt. Log in again afterwards`,
        inspection.asRoot(`usermod --append --groups ${group || "libvirt"} ${name}`),
    );
}

/** No libvirtd listens at the socket that the provider uses. */
function noSocket(inspection: Inspection, socket: string, error: string): CheckResult {
    const { host, context } = inspection;
    const exists = (daemon: string) => host.stat(`/var/run/libvirt/${daemon}-sock`) !== undefined;
    if (exists("virtqemud")) {
        return fail(
            `${socket} does not exist. This system has modular daemons, and the provider needs virtproxyd in front of them`,
            inspection.asRoot(`systemctl enable --now ${modularSockets.map((name) => `${name}.socket`).join(" ")}`),
        );
    }
    const reason = `no libvirtd responds at ${socket} (${error})`;
    if (host.stat("/run/systemd/system") === undefined) {
        return fail(`${reason} and no systemd can start one. A cell needs no system libvirtd`, context.toCell);
    }
    return fail(
        `${reason}. A cell needs no system libvirtd: ${context.toCell}`,
        inspection.asRoot("systemctl enable --now libvirtd"),
    );
}

/** Opens libvirt's socket on another machine with the provider's SSH settings; virsh uses it through a local socket. */
async function sshConnection(inspection: Inspection): Promise<Connection> {
    if (inspection.host.findProgram("ssh") === undefined) {
        return { problem: pending("make up installs ssh") };
    }
    const plan = await planProviderSsh(inspection);
    if ("state" in plan) {
        return { problem: plan };
    }
    if (plan.hops.some(({ authentication }) => authentication.method === "password")) {
        return { problem: pending("the password in the URI is not tried") };
    }
    const tunnel = await inspection.openTunnel(sshArguments(plan.hops), plan.socket);
    if (tunnel.socket === undefined) {
        return { problem: explainSshFailure(tunnel.messages(), plan) };
    }
    const connection = await connect(inspection, `qemu+unix:///system?socket=${encodeURIComponent(tunnel.socket)}`);
    return connection.problem?.state === "fail" && tunnel.messages().includes("open failed")
        ? { problem: await explainSocketFailure(inspection, plan) }
        : connection;
}

/** Connects with virsh. */
async function connect(inspection: Inspection, uri: string): Promise<Connection> {
    if (inspection.host.findProgram("virsh") === undefined) {
        return { problem: pending("make up installs virsh") };
    }
    const virsh = virshAt(inspection, uri);
    try {
        // Each list comes from another daemon where libvirt is modular.
        const lists = [["list", "--all"], ["net-list", "--all"], ["pool-list"]].map((list) => virsh(...list, "--name"));
        const [domains = [], networks = [], pools = []] = (await Promise.all(lists)).map(namesIn);
        return { libvirt: { virsh, names: { domains, networks, pools } } };
    } catch (error) {
        return { problem: await refused(inspection, (error as Error).message) };
    }
}

function virshAt(inspection: Inspection, uri: string): Libvirt["virsh"] {
    return async (...args) => {
        const { exitCode, stdout, stderr } = await inspection.run("virsh", ["--quiet", "--connect", uri, ...args]);
        if (exitCode !== 0) {
            throw new ProbeError(`virsh ${args[0]}: ${lastLine(stderr).replace(/^error: /, "")}`);
        }
        return stdout;
    };
}

/** libvirtd or a transport of virsh refused the connection. */
async function refused(inspection: Inspection, message: string): Promise<CheckResult> {
    const { libvirtUri, hypervisor } = inspection.context;
    if (hypervisor === "system" && /authentication (unavailable|failed|required)|access denied/i.test(message)) {
        return libvirtGroup(inspection, "libvirt's socket");
    }
    const daemon = /(virt\w+d)-sock/.exec(message)?.[1];
    if (hypervisor === "system" && daemon !== undefined) {
        return fail(
            `the daemon ${daemon} does not run: ${message}`,
            inspection.asRoot(`systemctl enable --now ${daemon}.socket`),
        );
    }
    return fail(`libvirt does not respond at ${libvirtUri}: ${message}`, remedyFor(libvirtUri, message));
}

/** ssh(1) reads an unknown host key's confirmation and a key's passphrase from the terminal, which virsh here has not. */
function remedyFor(uri: string, message: string): string {
    const { transport, user, host, port } = parseLibvirtUri(uri);
    return transport === "ssh" && /Host key verification failed|Permission denied/.test(message)
        ? `ssh ${port === "" ? "" : `-p ${port} `}${user}@${host} true`
        : `virsh --connect ${uri} version`;
}

/** Names of the lab's domains, none when libvirt does not respond. */
export const labDomains = oncePerInspection(async (inspection): Promise<string[]> => {
    const { libvirt } = await providerConnection(inspection);
    return libvirt?.names.domains.filter((name) => name.startsWith(`${inspection.context.labName}-`)) ?? [];
});

/** Whether the lab exists, at least in part, so that its network, memory and disk are taken already. */
export const labExists = oncePerInspection(async (inspection): Promise<boolean> => {
    const { context } = inspection;
    if (context.hypervisor === "cell") {
        return context.labExists ?? false;
    }
    const { libvirt } = await providerConnection(inspection);
    // An interrupted update may have created the networks only.
    const { domains = [], networks = [] } = libvirt?.names ?? {};
    return [...domains, ...networks].some((name) => name.startsWith(`${context.labName}-`));
});

/** The names that virsh prints with `--name`. */
export function namesIn(list: string): string[] {
    return list
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}
