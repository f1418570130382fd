import { describe, expect, it } from "vitest";
import { cellContext, type FakeMachine, remoteContext, resultOf, systemContext } from "../fake-host.ts";
import { libvirt, libvirtUri, providerSsh } from "./libvirt.ts";

const socket = "/var/run/libvirt/libvirt-sock";

const able: FakeMachine = {
    programs: ["virsh", "getent", "id", "sudo", "ssh", "ssh-keygen"],
    opens: { [socket]: "" },
    commands: {
        "virsh --quiet --connect": "",
        "getent group libvirt": "libvirt:x:118:ann\n",
        "id --groups ann": "1000 118\n",
    },
};

it("the checks apply to a chosen hypervisor, not to cells", () => {
    for (const check of [libvirtUri, libvirt, providerSsh]) {
        expect(check.applies(cellContext())).toBe(false);
        expect(check.applies(remoteContext())).toBe(true);
    }
    expect(providerSsh.applies(systemContext())).toBe(false);
    expect(providerSsh.applies(remoteContext({ libvirtUri: "qemu+tls://server/system" }))).toBe(false);
    expect(libvirt.applies(systemContext({ libvirtUri: "qemu:///session" }))).toBe(false);
});

describe("libvirtUri", () => {
    it("accepts the system's libvirtd and rejects the session's", async () => {
        expect(await resultOf(libvirtUri, {}, systemContext())).toEqual({ state: "ok", detail: "qemu:///system" });
        expect(await resultOf(libvirtUri, {}, systemContext({ libvirtUri: "qemu:///session" }))).toMatchObject({
            state: "fail",
        });
    });
});

describe("libvirt on this machine", () => {
    const result = (change: FakeMachine) => resultOf(libvirt, { ...able, ...change }, systemContext());
    const virsh = (stderr: string) => ({ ...able.commands, "virsh --quiet --connect": { exitCode: 1, stderr } });

    it("passes when it responds", async () => {
        expect(await result({})).toMatchObject({ state: "ok" });
    });

    it("is pending before virsh is installed", async () => {
        expect(await result({ programs: [] })).toMatchObject({ state: "pending" });
    });

    it("connects to the socket that the URI names", async () => {
        const context = systemContext({ libvirtUri: "qemu+unix:///system?socket=/tmp/lab.sock" });
        expect(await resultOf(libvirt, { ...able, opens: { "/tmp/lab.sock": "" } }, context)).toMatchObject({
            state: "ok",
        });
        expect(await resultOf(libvirt, able, context)).toMatchObject({ state: "fail" });
    });

    it("fails for a user who is not in the group libvirt", async () => {
        const commands = { ...able.commands, "id --groups ann": "1000\n" };
        expect(await result({ opens: { [socket]: "EACCES" }, commands })).toMatchObject({
            state: "fail",
            remedy: "sudo usermod --append --groups libvirt ann",
        });
    });

    it("tells a user whose session is older than the membership to log in again", async () => {
        expect(await result({ opens: { [socket]: "EACCES" } })).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("Log in again"),
            remedy: "newgrp libvirt",
        });
    });

    it("names the group when polkit refuses", async () => {
        const commands = {
            ...virsh("error: authentication unavailable: no polkit agent available to authenticate action"),
            "id --groups ann": "1000\n",
        };
        expect(await result({ commands })).toMatchObject({ remedy: "sudo usermod --append --groups libvirt ann" });
    });

    it("names virtproxyd where modular daemons run", async () => {
        expect(await result({ opens: { "/var/run/libvirt/virtqemud-sock": "" } })).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("virtproxyd"),
            remedy: "sudo systemctl enable --now virtqemud.socket virtnetworkd.socket virtstoraged.socket virtproxyd.socket",
        });
    });

    it("names the modular daemon that does not run", async () => {
        const message =
            "error: failed to connect to the hypervisor\n" +
            "error: Failed to connect socket to '/var/run/libvirt/virtnetworkd-sock': No such file or directory\n";
        expect(await result({ commands: virsh(message) })).toMatchObject({
            state: "fail",
            remedy: "sudo systemctl enable --now virtnetworkd.socket",
        });
    });

    it("names systemctl, or a cell where there is no systemd", async () => {
        expect(await result({ opens: { [socket]: "ECONNREFUSED" }, paths: ["/run/systemd/system"] })).toMatchObject({
            state: "fail",
            remedy: "sudo systemctl enable --now libvirtd",
        });
        expect(await result({ opens: {} })).toMatchObject({ state: "fail", remedy: "pulumi config rm libvirtUri" });
    });

    it("fails with libvirt's message", async () => {
        expect(
            await result({ commands: virsh("error: failed to connect\nerror: internal error: broken\n") }),
        ).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("internal error: broken"),
        });
    });
});

describe("libvirt on another machine", () => {
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBNg1RNmRhzZf9XP8iYKN0PVyvXaqlQiLNA9u1B0Lgmk";
    const remote: FakeMachine = {
        ...able,
        files: { "/home/ann/.ssh/known_hosts": `server ${key}\n`, "/home/ann/.ssh/id_ed25519": "" },
        tunnel: { connects: true },
        commands: { ...able.commands, "ssh-keygen -y": key },
    };
    const unknownHost = "No ED25519 host key is known for server and you have requested strict checking.";

    it("passes when the provider and virsh connect", async () => {
        expect(await resultOf(providerSsh, remote, remoteContext())).toMatchObject({ state: "ok" });
        expect(await resultOf(libvirt, remote, remoteContext())).toMatchObject({ state: "ok" });
    });

    it("is pending before ssh is installed", async () => {
        const machine = { ...remote, programs: ["virsh"] };
        expect(await resultOf(providerSsh, machine, remoteContext())).toMatchObject({ state: "pending" });
    });

    it("fails when the provider cannot connect although virsh can", async () => {
        const machine: FakeMachine = { ...remote, tunnel: { connects: false, messages: unknownHost } };
        expect(await resultOf(providerSsh, machine, remoteContext())).toMatchObject({
            state: "fail",
            remedy: "ssh-keyscan -p 22 -t ed25519 server >>/home/ann/.ssh/known_hosts",
        });
        expect(await resultOf(libvirt, machine, remoteContext())).toMatchObject({ state: "pending" });
    });

    it("fails when the server does not connect to libvirt's socket", async () => {
        const machine: FakeMachine = {
            ...remote,
            tunnel: { connects: true, messages: "channel 2: open failed: connect failed: open failed" },
            commands: { ...remote.commands, "virsh --quiet --connect": { exitCode: 1 }, "ssh -F": { exitCode: 3 } },
        };
        expect(await resultOf(providerSsh, machine, remoteContext())).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("does not exist on server"),
        });
    });

    it("fails when virsh cannot connect although the provider can", async () => {
        const commands = {
            ...remote.commands,
            "virsh --quiet --connect qemu+ssh": { exitCode: 1, stderr: "error: sh: 1: nc: not found" },
        };
        expect(await resultOf(providerSsh, { ...remote, commands }, remoteContext())).toMatchObject({ state: "ok" });
        expect(await resultOf(libvirt, { ...remote, commands }, remoteContext())).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("nc: not found"),
            remedy: "virsh --connect qemu+ssh://root@server/system version",
        });
    });

    it("names ssh when virsh's host key or login is refused", async () => {
        const stderr = "error: failed to connect\nerror: Cannot recv data: Host key verification failed.\n";
        const commands = { ...remote.commands, "virsh --quiet --connect qemu+ssh": { exitCode: 1, stderr } };
        expect(await resultOf(libvirt, { ...remote, commands }, remoteContext())).toMatchObject({
            state: "fail",
            remedy: "ssh root@server true",
        });
    });

    it("reports settings of ~/.ssh/config that the provider ignores", async () => {
        const files = { ...remote.files, "/home/ann/.ssh/config": "Host server\n User ann\n" };
        expect(await resultOf(providerSsh, { ...remote, files }, remoteContext())).toMatchObject({
            state: "ok",
            detail: expect.stringContaining("ignores User ann"),
        });
    });
});
