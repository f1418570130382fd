import { describe, expect, it } from "vitest";
import { cellContext, type FakeMachine, remoteContext, resultOf, systemContext } from "../fake-host.ts";
import { kvm, tun } from "./devices.ts";

describe("/dev/net/tun", () => {
    it("applies to cells: the system's libvirtd opens it with root's rights", () => {
        expect(tun.applies(cellContext())).toBe(true);
        expect(tun.applies(systemContext())).toBe(false);
    });

    it("passes when it opens", async () => {
        expect(await resultOf(tun, { opens: { "/dev/net/tun": "" } })).toMatchObject({ state: "ok" });
    });

    it.each([
        ["EACCES", "sudo chmod 0666 /dev/net/tun"],
        ["ENOENT", "sudo modprobe tun"],
        ["ENODEV", "sudo modprobe tun"],
    ])("fails with %s", async (code, remedy) => {
        const machine = { programs: ["sudo"], opens: { "/dev/net/tun": code } };
        expect(await resultOf(tun, machine)).toMatchObject({ state: "fail", remedy });
    });
});

describe("KVM", () => {
    const image = { "/lab/.lab/image/disk.qcow2": "", "/lab/.lab/image/vmlinuz": "", "/lab/.lab/image/initrd.img": "" };
    const able: FakeMachine = {
        programs: ["sudo", "getent", "id", "qemu-system-x86_64"],
        files: image,
        opens: { "/dev/kvm": "" },
        commands: { "/usr/bin/qemu-system-x86_64": "Kernel panic - not syncing: VFS" },
    };
    const denied: FakeMachine = {
        ...able,
        opens: { "/dev/kvm": "EACCES" },
        groups: { "/dev/kvm": 104 },
        commands: { "getent group 104": "kvm:x:104:ann\n", "id --groups ann": "1000 104\n" },
    };

    it("applies to this machine unless emulation is demanded", () => {
        expect(kvm.applies(cellContext())).toBe(true);
        expect(kvm.applies(cellContext({ accelerator: "tcg" }))).toBe(false);
        expect(kvm.applies(remoteContext())).toBe(false);
    });

    it("passes when a guest runs", async () => {
        expect(await resultOf(kvm, able)).toEqual({ state: "ok", detail: "a guest runs" });
    });

    it("is pending before the image is built, and when the test with a guest takes too long", async () => {
        expect(await resultOf(kvm, { ...able, files: {} })).toMatchObject({ state: "pending" });
        const slow = { "/usr/bin/qemu-system-x86_64": { exitCode: undefined } };
        expect(await resultOf(kvm, { ...able, commands: slow })).toMatchObject({ state: "pending" });
    });

    it("warns when no guest runs, and fails when KVM is demanded", async () => {
        const machine = { ...able, commands: { "/usr/bin/qemu-system-x86_64": "KVM internal error" } };
        const remedy = "pulumi config set accelerator tcg";
        expect(await resultOf(kvm, machine)).toMatchObject({ state: "warn", remedy });
        expect(await resultOf(kvm, machine, cellContext({ accelerator: "kvm" }))).toMatchObject({
            state: "fail",
            remedy,
        });
    });

    it("tells a user whose session is older than the membership in the group to log in again", async () => {
        expect(await resultOf(kvm, denied, systemContext())).toMatchObject({
            state: "warn",
            detail: expect.stringContaining("Log in again"),
            remedy: "newgrp kvm",
        });
    });

    it("names the command for a user who is not in the group", async () => {
        const commands = { ...denied.commands, "id --groups ann": "1000\n" };
        expect(await resultOf(kvm, { ...denied, commands }, systemContext())).toMatchObject({
            state: "warn",
            remedy: "sudo usermod --append --groups kvm ann",
        });
    });

    const openForAll = 'chmod 0666 /dev/kvm && echo KERNEL==\\"kvm\\", MODE=\\"0666\\" >/etc/udev/rules.d/99-kvm.rules';

    it("opens a device of root's group, and every device for a cell", async () => {
        const remedy = `sudo sh -c '${openForAll}'`;
        expect(await resultOf(kvm, { ...denied, groups: {} }, systemContext())).toMatchObject({ remedy });
        expect(await resultOf(kvm, denied)).toMatchObject({ state: "warn", remedy });
        // In the cell, the user is root.
        const inside: FakeMachine = { ...denied, user: { name: "root", uid: 0 }, environment: { LAB_CELL: "dev-1" } };
        expect(await resultOf(kvm, inside, systemContext({ accelerator: "kvm" }))).toMatchObject({
            state: "fail",
            remedy: openForAll,
        });
    });

    it("names the module where the processor has virtualization, the firmware where not", async () => {
        const flags = (text: string) => ({ ...able, opens: {}, files: { "/proc/cpuinfo": text } });
        expect(await resultOf(kvm, flags("flags\t\t: fpu vmx sse\n"))).toMatchObject({
            state: "warn",
            remedy: "sudo sh -c 'modprobe kvm_intel || modprobe kvm_amd'",
        });
        expect(await resultOf(kvm, flags("flags\t\t: fpu sse\n"))).toMatchObject({
            state: "warn",
            detail: expect.stringContaining("firmware"),
        });
    });
});
