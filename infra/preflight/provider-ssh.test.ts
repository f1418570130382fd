import { describe, expect, it } from "vitest";
import { type FakeMachine, fakeHost, remoteContext } from "./fake-host.ts";
import { Inspection } from "./inspection.ts";
import {
    explainSocketFailure,
    explainSshFailure,
    type ProviderSsh,
    planProviderSsh,
    sshArguments,
} from "./provider-ssh.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBNg1RNmRhzZf9XP8iYKN0PVyvXaqlQiLNA9u1B0Lgmk";
const ssh = "/home/ann/.ssh";

const able: FakeMachine = {
    programs: ["ssh", "ssh-keygen"],
    files: { [`${ssh}/known_hosts`]: `server ${ed25519}\n`, [`${ssh}/id_ed25519`]: "key" },
    commands: { "ssh-keygen -y": `${ed25519} ann` },
};

const withFiles = (files: Record<string, string>): FakeMachine => ({ ...able, files: { ...able.files, ...files } });

const plan = (machine: FakeMachine, libvirtUri = "qemu+ssh://root@server/system") =>
    planProviderSsh(new Inspection(fakeHost(machine), remoteContext({ libvirtUri })));

/** The plan's last connection. */
async function server(machine: FakeMachine, uri?: string) {
    const planned = await plan(machine, uri);
    if ("state" in planned) {
        throw new Error(planned.detail);
    }
    return planned.hops.at(-1);
}

/** A connected agent. */
const withAgent: FakeMachine = {
    ...able,
    environment: { HOME: "/home/ann", SSH_AUTH_SOCK: "/tmp/agent" },
    opens: { "/tmp/agent": "" },
};

describe("planProviderSsh", () => {
    it("connects with the URI's user, the first key file and the user's known_hosts", async () => {
        expect(await plan(able)).toMatchObject({
            hops: [
                {
                    hostName: "server",
                    port: "22",
                    user: "root",
                    knownHosts: `${ssh}/known_hosts`,
                    authentication: { method: "key", file: `${ssh}/id_ed25519` },
                },
            ],
            socket: "/var/run/libvirt/libvirt-sock",
            ignored: [],
        });
    });

    describe("known_hosts", () => {
        it("must exist, because no other file is read", async () => {
            const files = { [`${ssh}/id_ed25519`]: "key", "/etc/ssh/ssh_known_hosts": `server ${ed25519}\n` };
            expect(await plan({ ...able, files })).toMatchObject({
                state: "fail",
                remedy: `ssh-keyscan -p 22 server >>${ssh}/known_hosts`,
            });
        });

        it.each([
            ["a key of an unknown type", "server ssh-new AAAAB3NzaC1uZXc="],
            ["a truncated line", "server ssh-ed25519"],
        ])("must not contain %s", async (_, line) => {
            const machine = withFiles({ [`${ssh}/known_hosts`]: `# comment\n\nserver ${ed25519}\n${line}\n` });
            expect(await plan(machine)).toMatchObject({
                state: "fail",
                remedy: `sed --in-place 4d ${ssh}/known_hosts`,
            });
        });

        it("may contain authorities and hashed names", async () => {
            const machine = withFiles({
                [`${ssh}/known_hosts`]: `@cert-authority *.lab ${ed25519}\n|1|abc=|def= ${ed25519}\n`,
            });
            expect(await server(machine)).toMatchObject({ knownHosts: `${ssh}/known_hosts` });
        });

        it("comes from the URI or ~/.ssh/config, where a tilde is not expanded", async () => {
            const uri = "qemu+ssh://root@server/system?knownhosts=$HOME/lab";
            expect(await server(withFiles({ "/home/ann/lab": "" }), uri)).toMatchObject({
                knownHosts: "/home/ann/lab",
            });
            const config = withFiles({ [`${ssh}/config`]: "UserKnownHostsFile ~/.ssh/known_hosts\n" });
            expect(await plan(config)).toMatchObject({
                state: "fail",
                detail: expect.stringContaining("~/.ssh/known_hosts"),
            });
        });

        it.each(["no_verify=1", "no_verify=0", "known_hosts_verify=ignore"])("is not read with %s", async (option) => {
            const uri = `qemu+ssh://root@server/system?${option}`;
            const files = { [`${ssh}/id_ed25519`]: "key" };
            expect(await server({ ...able, files }, uri)).toMatchObject({ knownHosts: undefined });
        });
    });

    describe("authentication", () => {
        it("uses an agent that responds, and no key file then", async () => {
            expect(await server(withAgent)).toMatchObject({
                authentication: { method: "agent", socket: "/tmp/agent" },
            });
        });

        it("uses key files when the agent does not respond or the URI leaves it out", async () => {
            const key = { method: "key", file: `${ssh}/id_ed25519` };
            expect(await server({ ...withAgent, opens: { "/tmp/agent": "ECONNREFUSED" } })).toMatchObject({
                authentication: key,
            });
            const uri = "qemu+ssh://root@server/system?sshauth=privkey";
            expect(await server(withAgent, uri)).toMatchObject({ authentication: key });
        });

        it("passes over missing keys, keys with a passphrase and keys on a security key", async () => {
            const machine: FakeMachine = {
                ...withFiles({ [`${ssh}/id_ecdsa`]: "sk", [`${ssh}/id_rsa`]: "rsa" }),
                commands: {
                    [`ssh-keygen -y -P  -f ${ssh}/id_ed25519`]: { exitCode: 255, stderr: "incorrect passphrase" },
                    [`ssh-keygen -y -P  -f ${ssh}/id_ecdsa`]: "sk-ecdsa-sha2-nistp256@openssh.com AAAA",
                    [`ssh-keygen -y -P  -f ${ssh}/id_rsa`]: "ssh-rsa AAAA",
                },
            };
            expect(await server(machine)).toMatchObject({ authentication: { file: `${ssh}/id_rsa` } });
        });

        it("prefers the URI's key to those of ~/.ssh/config, and these to the defaults", async () => {
            const machine = withFiles({ [`${ssh}/config`]: "IdentityFile ~/.ssh/lab\n", [`${ssh}/lab`]: "", "/k": "" });
            expect(await server(machine)).toMatchObject({ authentication: { file: `${ssh}/lab` } });
            const uri = "qemu+ssh://root@server/system?keyfile=/k";
            expect(await server(machine, uri)).toMatchObject({ authentication: { file: "/k" } });
        });

        it("fails without a key and an agent", async () => {
            const files = { [`${ssh}/known_hosts`]: "" };
            expect(await plan({ ...able, files })).toMatchObject({
                state: "fail",
                remedy: 'eval "$(ssh-agent)" && ssh-add',
            });
        });

        it("uses a password in the URI only when sshauth lists it", async () => {
            const files = { [`${ssh}/known_hosts`]: "" };
            const uri = "qemu+ssh://root:secret@server/system?sshauth=ssh-password";
            expect(await server({ ...able, files }, uri)).toMatchObject({ authentication: { method: "password" } });
        });
    });

    describe("~/.ssh/config", () => {
        it("changes host name, port and host key algorithms, the port even against the URI's", async () => {
            const machine = withFiles({
                [`${ssh}/config`]:
                    "Host server\n HostName 10.0.0.1\n Port 2222\n HostKeyAlgorithms ssh-rsa,ssh-ed25519\n",
            });
            expect(await server(machine, "qemu+ssh://root@server:22/system")).toMatchObject({
                target: "server",
                hostName: "10.0.0.1",
                port: "2222",
                hostKeyAlgorithms: ["ssh-rsa", "ssh-ed25519"],
            });
        });

        it("reports what the provider ignores", async () => {
            const machine = withFiles({ [`${ssh}/config`]: "Host server\n User ann\n ProxyCommand nc %h %p\n" });
            expect(await plan(machine)).toMatchObject({
                ignored: ["ProxyCommand", "User ann"],
                hops: [{ user: "root" }],
            });
            const withMatch = withFiles({ [`${ssh}/config`]: "Match all\n Port 2222\n" });
            expect(await plan(withMatch)).toMatchObject({
                ignored: ["all of ~/.ssh/config (Match is not supported)"],
                hops: [{ port: "22" }],
            });
        });

        it("leads over jump hosts, with the URI's user on each", async () => {
            const machine = withFiles({ [`${ssh}/config`]: "Host server\n ProxyJump gate\nHost gate\n Port 2222\n" });
            expect(await plan(machine)).toMatchObject({
                hops: [
                    { target: "gate", port: "2222", user: "root" },
                    { target: "server", port: "22", user: "root" },
                ],
            });
        });

        it("fails for a jump host with a user or port, and for a loop", async () => {
            const jump = (value: string) => withFiles({ [`${ssh}/config`]: `ProxyJump ${value}\n` });
            expect(await plan(jump("ann@gate:2222"))).toMatchObject({
                state: "fail",
                detail: expect.stringContaining("ann@gate:2222"),
            });
            expect(await plan(jump("gate"))).toMatchObject({
                state: "fail",
                detail: expect.stringContaining("10 hosts"),
            });
        });
    });
});

describe("sshArguments", () => {
    it("has ssh(1) use exactly one kind of key, the provider's algorithms and its known_hosts", async () => {
        const planned = (await plan(able)) as ProviderSsh;
        const args = sshArguments(planned.hops);
        expect(args.slice(0, 2)).toEqual(["-F", "none"]);
        expect(args.slice(-3)).toEqual(["-l", "root", "server"]);
        for (const option of [
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            `UserKnownHostsFile="${ssh}/known_hosts"`,
            "IdentityAgent=none",
            `IdentityFile="${ssh}/id_ed25519"`,
            "IdentitiesOnly=yes",
        ]) {
            expect(args).toContain(option);
        }
        expect(args.find((option) => option.startsWith("HostKeyAlgorithms="))).toMatch(
            /=ssh-ed25519,ssh-rsa,.*nistp521$/,
        );
    });

    it("offers only the agent's keys when there is an agent", async () => {
        const args = sshArguments(((await plan(withAgent)) as ProviderSsh).hops);
        expect(args).toContain('IdentityAgent="/tmp/agent"');
        expect(args).toContain("IdentityFile=none");
    });

    it("reaches the last host through a nested command for each jump host", async () => {
        const machine = withFiles({ [`${ssh}/config`]: "Host server\n ProxyJump gate\n" });
        const args = sshArguments(((await plan(machine)) as ProviderSsh).hops);
        const proxy = args.find((option) => option.startsWith("ProxyCommand=")) ?? "";
        expect(proxy).toMatch(/^ProxyCommand='ssh' '-W' '\[%h\]:%p' '-F' 'none' .*'-l' 'root' 'gate'$/);
    });
});

describe("explainSshFailure", () => {
    const explain = async (messages: string, machine = able) =>
        explainSshFailure(messages, (await plan(machine)) as ProviderSsh);

    it.each([
        [
            "an unknown host",
            "No ED25519 host key is known for server and you have requested strict checking.\nHost key verification failed.",
            `ssh-keyscan -p 22 -t ed25519 server >>${ssh}/known_hosts`,
        ],
        [
            "a host that is known by a key of another type",
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nThe fingerprint for the ED25519 key sent by the remote host is\n" +
                "SHA256:x.\nOffending ECDSA key in /home/ann/.ssh/known_hosts:1\nHost key verification failed.",
            `ssh-keyscan -p 22 -t ed25519 server >>${ssh}/known_hosts`,
        ],
        [
            "a changed host key",
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nThe fingerprint for the ED25519 key sent by the remote host is\n" +
                "SHA256:x.\nOffending ED25519 key in /home/ann/.ssh/known_hosts:1\nHost key verification failed.",
            `ssh-keygen -R 'server' -f ${ssh}/known_hosts && ssh-keyscan -p 22 -t ed25519 server >>${ssh}/known_hosts`,
        ],
        [
            "a key that is not authorized",
            "root@server: Permission denied (publickey,password).",
            "ssh-copy-id -p 22 root@server",
        ],
        [
            "a host that does not respond",
            "ssh: connect to host server port 22: Connection refused\nConnection closed by UNKNOWN port 65535",
            "ssh -v -p 22 root@server true",
        ],
    ])("names the remedy for %s", async (_, messages, remedy) => {
        expect(await explain(messages)).toMatchObject({ state: "fail", remedy });
    });

    it("reports that key files are not tried while an agent runs", async () => {
        expect(await explain("root@server: Permission denied (publickey).", withAgent)).toMatchObject({
            detail: expect.stringContaining("no key file"),
            remedy: "ssh-add ~/.ssh/id_ed25519",
        });
    });
});

describe("explainSocketFailure", () => {
    it.each([
        [
            3,
            "does not exist",
            "ssh -p 22 root@server 'systemctl enable --now virtproxyd.socket || systemctl enable --now libvirtd.socket'",
        ],
        [4, "root may not open", "ssh -p 22 root@server 'usermod --append --groups libvirt root'"],
        [0, "AllowStreamLocalForwarding", "ssh -p 22 root@server 'sshd -T | grep -i streamlocal'"],
    ])("explains a test of the socket that ends with %i", async (exitCode, detail, remedy) => {
        const machine: FakeMachine = { ...able, commands: { ...able.commands, "ssh -F": { exitCode } } };
        const inspection = new Inspection(fakeHost(machine), remoteContext());
        const planned = (await planProviderSsh(inspection)) as ProviderSsh;
        expect(await explainSocketFailure(inspection, planned)).toEqual({
            state: "fail",
            detail: expect.stringContaining(detail),
            remedy,
        });
    });
});
