import { describe, expect, it } from "vitest";
import { totalMemory } from "../../hypervisor/machine-sizes.ts";
import { cellContext, type FakeMachine, remoteContext, resultOf, systemContext } from "../fake-host.ts";
import { cellDisk, cloneDisk, occupiedMemory, volumesDisk } from "../needs.ts";
import { disk, memory } from "./capacity.ts";

const context = remoteContext({ libvirtUri: "qemu+tls://server/system" });
const virsh = `virsh --quiet --connect ${context.libvirtUri}`;

/** A hypervisor with this much memory in KiB and disk in bytes. */
const remote = (kib: number, bytes: number, path = "/var/lib/libvirt/images"): FakeMachine => ({
    programs: ["virsh"],
    commands: {
        [virsh]: "",
        [`${virsh} pool-list`]: "default\n",
        [`${virsh} pool-dumpxml default`]: `<pool><target><path>${path}</path></target></pool>`,
        [`${virsh} pool-info --bytes default`]: `Name:  default\nAvailable:      ${bytes}\n`,
        [`${virsh} nodememstats`]: `total  :  99999999 KiB\nfree   : ${kib} KiB\nbuffers: 0 KiB\ncached :  1024 KiB\n`,
        [`${virsh} domcapabilities`]: "<domainCapabilities/>",
    },
});

describe("memory", () => {
    it("passes when all of the machines' memory fits", async () => {
        expect(await resultOf(memory, { memory: totalMemory("tcg") })).toMatchObject({ state: "ok" });
    });

    it("warns when only the memory fits that a lab occupies, and fails with less", async () => {
        expect(await resultOf(memory, { memory: totalMemory("tcg") - 1 })).toMatchObject({ state: "warn" });
        expect(await resultOf(memory, { memory: occupiedMemory("tcg") })).toMatchObject({ state: "warn" });
        expect(await resultOf(memory, { memory: 1024 })).toMatchObject({
            state: "fail",
            detail: "1.0 GiB are free on this machine; a lab occupies 6.1 GiB and can use 11.0 GiB",
        });
    });

    it("counts less with KVM, also where the test of KVM is pending", async () => {
        const some: FakeMachine = { memory: occupiedMemory("kvm"), opens: { "/dev/kvm": "" } };
        expect(await resultOf(memory, { ...some, opens: {} })).toMatchObject({ state: "fail" });
        expect(await resultOf(memory, some)).toMatchObject({ state: "warn" });
        const kvm = cellContext({ accelerator: "kvm" });
        expect(await resultOf(memory, { memory: totalMemory("kvm") }, kvm)).toMatchObject({ state: "ok" });
        expect(await resultOf(memory, { memory: occupiedMemory("kvm") - 1 }, kvm)).toMatchObject({ state: "fail" });
    });

    it("counts the memory of a remote hypervisor, not of this machine", async () => {
        const enough = remote(totalMemory("kvm") * 1024, 0);
        expect(await resultOf(memory, { ...enough, memory: 0 }, context)).toMatchObject({ state: "ok" });
        expect(await resultOf(memory, { ...remote(1024, 0), memory: 99_999 }, context)).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("the hypervisor"),
        });
        expect(await resultOf(memory, {}, context)).toMatchObject({ state: "pending" });
    });

    it("is not counted for a lab that exists", async () => {
        expect(await resultOf(memory, { memory: 0 }, cellContext({ labExists: true }))).toMatchObject({ state: "ok" });
    });

    it("is not determined when libvirt reports none", async () => {
        const machine = remote(0, 0);
        const broken = {
            ...machine.commands,
            [`${virsh} nodememstats`]: { exitCode: 1, stderr: "error: not supported" },
        };
        await expect(resultOf(memory, { ...machine, commands: broken }, context)).rejects.toThrow(
            "virsh nodememstats: not supported",
        );
    });
});

describe("disk", () => {
    const folder = "/home/ann/.local";
    const withDisk = (mib: number): FakeMachine => ({ paths: [folder], disk: { [folder]: mib } });

    it("is counted in the nearest existing folder above the cells", async () => {
        expect(await resultOf(disk, withDisk(cellDisk))).toMatchObject({ state: "ok" });
        expect(await resultOf(disk, withDisk(cellDisk - 1))).toMatchObject({
            state: "fail",
            remedy: "df --human-readable /home/ann/.local",
        });
    });

    it("is enough for a lab from a template where the image is built, with a warning", async () => {
        const files = {
            "/lab/.lab/image/disk.qcow2": "",
            "/lab/.lab/image/vmlinuz": "",
            "/lab/.lab/image/initrd.img": "",
        };
        expect(await resultOf(disk, { ...withDisk(cloneDisk), files })).toMatchObject({ state: "warn" });
        expect(await resultOf(disk, { ...withDisk(cloneDisk - 1), files })).toMatchObject({ state: "fail" });
    });

    it("is counted in libvirt's folder of volumes on the system's libvirtd", async () => {
        const context = systemContext();
        context.folders.lab = "/var/lib/libvirt/images";
        const machine = (mib: number): FakeMachine => ({ paths: ["/var/lib"], disk: { "/var/lib": mib } });
        expect(await resultOf(disk, machine(volumesDisk), context)).toMatchObject({ state: "ok" });
        expect(await resultOf(disk, machine(volumesDisk - 1), context)).toMatchObject({ state: "fail" });
    });

    it("is not counted for a lab that exists", async () => {
        expect(await resultOf(disk, {}, cellContext({ labExists: true }))).toMatchObject({ state: "ok" });
        const machine: FakeMachine = {
            programs: ["virsh"],
            opens: { "/var/run/libvirt/libvirt-sock": "" },
            commands: {
                "virsh --quiet --connect": "",
                "virsh --quiet --connect qemu:///system net-list": "certificate-lab-front\n",
            },
        };
        expect(await resultOf(disk, machine, systemContext())).toMatchObject({ state: "ok" });
    });

    it("is that of a remote pool, not of this machine", async () => {
        expect(await resultOf(disk, remote(0, volumesDisk * 2 ** 20), context)).toMatchObject({ state: "ok" });
        expect(await resultOf(disk, { ...remote(0, 2 ** 30), disk: 99_999 }, context)).toMatchObject({
            state: "fail",
            detail: expect.stringContaining("storage pool default"),
        });
    });

    it("warns when no remote pool contains the volumes' folder, and is pending without libvirt", async () => {
        expect(await resultOf(disk, remote(0, 2 ** 40, "/mnt"), context)).toMatchObject({ state: "warn" });
        expect(await resultOf(disk, {}, context)).toMatchObject({ state: "pending" });
    });
});
