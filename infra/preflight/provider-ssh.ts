import { join } from "node:path";
import type { CheckResult } from "./check.ts";
import { fail } from "./check.ts";
import { type Inspection, lastLine } from "./inspection.ts";
import { parseLibvirtUri } from "./libvirt-uri.ts";
import { quoted } from "./shell-word.ts";
import { parseSshConfig, type SshConfig, SshConfigError } from "./ssh-config.ts";

/*
 * The libvirt provider has a separate SSH client, golang.org/x/crypto/ssh. It differs from ssh(1), which virsh uses, so that
 * virsh can work where the provider fails. This module repeats its decisions and has ssh(1) carry them out. Source:
 * terraform-provider-libvirt 0.8.3, libvirt/uri/ssh.go, with golang.org/x/crypto 0.31.0.
 */

/** Host key algorithms in the provider's order. The server's first one of these is used, also when known_hosts lacks it. */
const defaultHostKeyAlgorithms = [
    "ssh-ed25519",
    "ssh-rsa",
    "rsa-sha2-256",
    "rsa-sha2-512",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
];

/** Key types that golang.org/x/crypto/ssh can parse; a known_hosts line with another one makes the whole file invalid. */
const parsableKeyTypes = [
    "ssh-rsa",
    "ssh-dss",
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
].flatMap((type) => [type, `${type.replace("@openssh.com", "")}-cert-v01@openssh.com`]);

const defaultKeyFiles = ["$HOME/.ssh/id_ed25519", "$HOME/.ssh/id_ecdsa", "$HOME/.ssh/id_rsa"];

const maximumHops = 10;

/** The one public-key method that the provider tries: the agent when there is one, else the first usable key file. */
export type Authentication =
    | { method: "agent"; socket: string }
    | { method: "key"; file: string }
    | { method: "password" };

/** One SSH connection of the provider. */
export interface SshHop {
    /** Host name or alias, as in the URI or in ProxyJump. */
    target: string;
    hostName: string;
    port: string;
    user: string;
    /** Undefined when the host key is not verified. */
    knownHosts: string | undefined;
    hostKeyAlgorithms: string[];
    authentication: Authentication;
}

/** The provider's connections, jump hosts first, and the libvirt socket on the last host. */
export interface ProviderSsh {
    hops: SshHop[];
    socket: string;
    /** Settings of ~/.ssh/config that ssh(1) and virsh use and the provider ignores. */
    ignored: string[];
}

/** Plans the provider's connections for a `qemu+ssh` URI; a {@link CheckResult} states why it fails before it connects. */
export async function planProviderSsh(inspection: Inspection): Promise<ProviderSsh | CheckResult> {
    const uri = parseLibvirtUri(inspection.context.libvirtUri);
    const ignored: string[] = [];
    const config = readConfig(inspection, ignored);
    const hops: SshHop[] = [];
    let target: string | undefined = uri.host;
    while (target !== undefined) {
        if (hops.length > maximumHops) {
            return fail(`ProxyJump in ~/.ssh/config leads over more than ${maximumHops} hosts`, "editor ~/.ssh/config");
        }
        const hop = await planHop(inspection, target, config);
        if ("state" in hop) {
            return hop;
        }
        hops.unshift(hop);
        const jump: string | undefined = config?.all(target, "ProxyJump")[0] || undefined;
        if (jump !== undefined && /[@:,]/.test(jump)) {
            return fail(
                `the provider reads ProxyJump ${jump} as the name of one host. Give that host a section with HostName and Port`,
                "editor ~/.ssh/config",
            );
        }
        if (config?.all(target, "ProxyCommand")[0]) {
            ignored.push("ProxyCommand");
        }
        const login = config?.all(target, "User")[0];
        if (login !== undefined && login !== uri.user) {
            ignored.push(`User ${login}`);
        }
        target = jump;
    }
    return { hops, socket: uri.query.get("socket") || "/var/run/libvirt/libvirt-sock", ignored };
}

/** The user's configuration; the provider reads no other file, and none that contains Match. */
function readConfig({ host }: Inspection, ignored: string[]): SshConfig | undefined {
    const home = host.environment.HOME ?? "";
    const text = host.readText(join(home, ".ssh", "config"));
    try {
        return text === undefined ? undefined : parseSshConfig(text, home, host.glob, host.readText);
    } catch (error) {
        if (!(error instanceof SshConfigError)) {
            throw error;
        }
        ignored.push(`all of ~/.ssh/config (${error.message})`);
        return undefined;
    }
}

async function planHop(
    inspection: Inspection,
    target: string,
    config: SshConfig | undefined,
): Promise<SshHop | CheckResult> {
    const { host, context } = inspection;
    const { query, user, port } = parseLibvirtUri(context.libvirtUri);
    const configured = (keyword: string) => config?.all(target, keyword)[0] || undefined;
    const skipsVerification = query.has("no_verify") || query.get("known_hosts_verify") === "ignore";
    const hop = {
        target,
        hostName: configured("HostName") ?? target,
        port: configured("Port") ?? (port || "22"),
        user,
        knownHosts: undefined as string | undefined,
        hostKeyAlgorithms: defaultHostKeyAlgorithms,
    };
    if (!skipsVerification) {
        // Variables are expanded, a tilde and lists of files are not.
        const file = expand(
            query.get("knownhosts") || configured("UserKnownHostsFile") || "$HOME/.ssh/known_hosts",
            host.environment,
        );
        const text = host.readText(file);
        if (text === undefined) {
            return fail(
                `the provider reads host keys only from ${file}, which is missing`,
                `ssh-keyscan -p ${hop.port} ${hop.hostName} >>${file.startsWith("~") || file.includes(" ") ? "~/.ssh/known_hosts" : file}`,
            );
        }
        const invalid = invalidLine(text);
        if (invalid !== undefined) {
            return fail(
                `the provider rejects the whole file ${file} because of its line ${invalid}`,
                `sed --in-place ${invalid}d ${file}`,
            );
        }
        hop.knownHosts = file;
        hop.hostKeyAlgorithms = configured("HostKeyAlgorithms")?.split(",") ?? defaultHostKeyAlgorithms;
    }
    const authentication = await chooseAuthentication(inspection, target, config);
    if (authentication === undefined) {
        return fail(
            `the provider finds no key for ${target}: no SSH agent runs, and no key file without a passphrase is in ` +
                `${keyFiles(inspection, target, config).join(", ")}`,
            'eval "$(ssh-agent)" && ssh-add',
        );
    }
    return { ...hop, authentication };
}

/**
 * The provider lists several methods, but its SSH library tries each kind of method once: with an agent, key files are
 * never tried; without one, only the first usable key file is.
 */
async function chooseAuthentication(
    inspection: Inspection,
    target: string,
    config: SshConfig | undefined,
): Promise<Authentication | undefined> {
    const { host, context } = inspection;
    const { query, password } = parseLibvirtUri(context.libvirtUri);
    const methods = (query.get("sshauth") || "agent,privkey").split(",");
    for (const method of methods) {
        const socket = host.environment.SSH_AUTH_SOCK;
        if (method === "agent" && socket && (await host.connect(socket)) === undefined) {
            return { method: "agent", socket };
        }
        if (method === "privkey") {
            for (const file of keyFiles(inspection, target, config)) {
                if (await isUsableKey(inspection, file)) {
                    return { method: "key", file };
                }
            }
        }
    }
    return methods.includes("ssh-password") && password !== undefined ? { method: "password" } : undefined;
}

function keyFiles({ host, context }: Inspection, target: string, config: SshConfig | undefined): string[] {
    const named = parseLibvirtUri(context.libvirtUri).query.get("keyfile");
    const files = [...(named ? [named] : []), ...(config?.all(target, "IdentityFile") ?? [])];
    return (files.length > 0 ? files : defaultKeyFiles)
        .map((file) => expand(file, host.environment))
        .map((file) => (file.startsWith("~/") ? join(host.environment.HOME ?? "", file.slice(2)) : file));
}

/** Whether the provider can parse a private key: it has no passphrase and is not on a security key. */
async function isUsableKey(inspection: Inspection, file: string): Promise<boolean> {
    if (inspection.host.stat(file) === undefined) {
        return false;
    }
    const { exitCode, stdout } = await inspection.run("ssh-keygen", ["-y", "-P", "", "-f", file]);
    return exitCode === 0 && !stdout.startsWith("sk-");
}

/** Expands $NAME and ${NAME} as os.ExpandEnv of Go. */
function expand(text: string, environment: Readonly<Record<string, string | undefined>>): string {
    return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => environment[braced ?? bare] ?? "");
}

/** Number of the first line of a known_hosts file that golang.org/x/crypto/ssh/knownhosts cannot parse. */
function invalidLine(text: string): number | undefined {
    const lines = text.split("\n").map((line) => line.trim());
    const index = lines.findIndex((line) => {
        if (line === "" || line.startsWith("#")) {
            return false;
        }
        const [, , key = ""] = line.replace(/^@(cert-authority|revoked)\s+/, "").split(/\s+/);
        // The key begins with the length of its type in four bytes, and the type: RFC 4253, section 6.6.
        const blob = Buffer.from(key, "base64");
        const type = blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
        return !parsableKeyTypes.includes(type);
    });
    return index === -1 ? undefined : index + 1;
}

/** Options and destination with which ssh(1) connects as the provider does; jump hosts become nested proxy commands. */
export function sshArguments(hops: readonly SshHop[]): string[] {
    const [last, before] = [hops.at(-1), hops.slice(0, -1)];
    if (last === undefined) {
        return [];
    }
    const { authentication, knownHosts } = last;
    const options = {
        BatchMode: "yes",
        ConnectTimeout: "4",
        ControlPath: "none",
        UpdateHostKeys: "no",
        CheckHostIP: "no",
        ExitOnForwardFailure: "yes",
        PreferredAuthentications: "publickey",
        Port: last.port,
        GlobalKnownHostsFile: "/dev/null",
        UserKnownHostsFile: knownHosts === undefined ? "/dev/null" : `"${knownHosts}"`,
        StrictHostKeyChecking: knownHosts === undefined ? "no" : "yes",
        HostKeyAlgorithms: last.hostKeyAlgorithms.join(","),
        IdentityAgent: authentication.method === "agent" ? `"${authentication.socket}"` : "none",
        IdentityFile: authentication.method === "key" ? `"${authentication.file}"` : "none",
        IdentitiesOnly: authentication.method === "agent" ? "no" : "yes",
        ...(before.length > 0
            ? { ProxyCommand: ["ssh", "-W", "[%h]:%p", ...sshArguments(before)].map(quote).join(" ") }
            : {}),
    };
    return [
        ...["-F", "none"],
        ...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
        ...["-l", last.user, last.hostName],
    ];
}

/** Quotes an argument for sh(1); % is doubled for ssh(1), except in the tokens %h and %p. */
function quote(argument: string): string {
    const literal = argument === "[%h]:%p" ? argument : argument.replaceAll("%", "%%");
    return quoted(literal);
}

/** Explains why ssh(1) did not connect as the provider would. */
export function explainSshFailure(messages: string, { hops }: ProviderSsh): CheckResult {
    const server = hops.at(-1);
    const { hostName = "", port = "22", knownHosts = "", user = "" } = server ?? {};
    const name = port === "22" ? hostName : `[${hostName}]:${port}`;
    const scan = (type: string) => `ssh-keyscan -p ${port} -t ${type} ${hostName} >>${knownHosts}`;
    const unknownKey = (server: string, type: string) =>
        fail(
            `${server} shows its ${type} key first, which ${knownHosts} does not contain; the provider uses no key of another ` +
                "type. Compare its fingerprint after adding it",
            scan(type.toLowerCase()),
        );
    const unknown = /No (\S+) host key is known for (\S+)/.exec(messages);
    if (unknown !== null) {
        return unknownKey(unknown[2] ?? name, unknown[1] ?? "ED25519");
    }
    if (messages.includes("REMOTE HOST IDENTIFICATION HAS CHANGED")) {
        const [, sent = "ED25519"] = /fingerprint for the (\S+) key sent/.exec(messages) ?? [];
        const [, known = sent] = /Offending (\S+) key in/.exec(messages) ?? [];
        return sent === known
            ? fail(
                  `the host key of ${name} is not the one in ${knownHosts}. If the server was reinstalled, replace it`,
                  `ssh-keygen -R '${name}' -f ${knownHosts} && ${scan(sent.toLowerCase())}`,
              )
            : unknownKey(name, sent);
    }
    if (messages.includes("Permission denied (")) {
        const authentication = server?.authentication;
        return authentication?.method === "agent"
            ? fail(
                  `${hostName} rejects the keys of the SSH agent for ${user}. While an agent runs, the provider tries no key file`,
                  "ssh-add ~/.ssh/id_ed25519",
              )
            : fail(
                  `${hostName} rejects the key ${authentication?.method === "key" ? authentication.file : ""} for ${user}. The ` +
                      "provider tries only its first usable key file",
                  `ssh-copy-id -p ${port} ${user}@${hostName}`,
              );
    }
    const reason = messages.split("\n").find((line) => line.startsWith("ssh: ")) ?? lastLine(messages);
    return fail(`the provider cannot connect to ${name}: ${reason}`, `ssh -v -p ${port} ${user}@${hostName} true`);
}

/** Explains why the libvirt socket of the remote machine does not open through SSH, which names no reason. */
export async function explainSocketFailure(
    inspection: Inspection,
    { hops, socket }: ProviderSsh,
): Promise<CheckResult> {
    const { hostName = "", port = "22", user = "" } = hops.at(-1) ?? {};
    const onServer = (command: string) => `ssh -p ${port} root@${hostName} '${command}'`;
    const { exitCode } = await inspection.run("ssh", [
        ...sshArguments(hops),
        `test -e ${socket} || exit 3; test -w ${socket} || exit 4`,
    ]);
    switch (exitCode) {
        case 3:
            return fail(
                `${socket} does not exist on ${hostName}; with modular daemons virtproxyd provides it`,
                onServer("systemctl enable --now virtproxyd.socket || systemctl enable --now libvirtd.socket"),
            );
        case 4:
            return fail(
                `${user} may not open ${socket} on ${hostName}`,
                onServer(`usermod --append --groups libvirt ${user}`),
            );
        default:
            return fail(
                `${hostName} does not connect to ${socket}: its sshd_config may have AllowStreamLocalForwarding no, which the ` +
                    "provider, unlike virsh, does not work with",
                onServer("sshd -T | grep -i streamlocal"),
            );
    }
}
