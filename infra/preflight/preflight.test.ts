import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../config/config-files";
import { parseSettings } from "../config/settings";
import { type FakeMachine, fakeHost } from "./fake-host.ts";
import { PreflightError, preflight } from "./preflight.ts";

const image = `${repositoryRoot}/.lab/image`;

const fine: FakeMachine = {
    user: { uid: 0, name: "root" },
    programs: ["ip", "virsh", "qemu-system-x86_64"],
    files: { [`${image}/disk.qcow2`]: "", [`${image}/vmlinuz`]: "", [`${image}/initrd.img`]: "" },
    paths: ["/var/lib/libvirt/images"],
    opens: { "/var/run/libvirt/libvirt-sock": "", "/dev/kvm": "" },
    commands: {
        "/usr/bin/qemu-system-x86_64": "Kernel panic",
        "virsh --quiet --connect": "",
        "ip -json -force -batch -": '[{"dst":"default","gateway":"10.0.0.1","dev":"eth0"}]',
        "ip -json rule": "[]",
    },
    memory: 16 * 1024,
    disk: 100 * 1024,
};

const check = (machine: FakeMachine, settings: Record<string, string> = {}) =>
    preflight(
        parseSettings(Object.fromEntries(Object.entries(settings).map(([k, v]) => [`certificate-lab:${k}`, v]))),
        "certificate-lab-dev",
        fakeHost(machine),
    );

const without = (file: string): FakeMachine => ({
    ...fine,
    files: Object.fromEntries(Object.entries(fine.files ?? {}).filter(([path]) => !path.endsWith(file))),
});

describe("preflight", () => {
    it("returns the accelerator", async () => {
        expect(await check(fine)).toEqual({ accelerator: "kvm" });
        expect(await check({ ...fine, opens: { ...fine.opens, "/dev/kvm": "EACCES" } })).toEqual({
            accelerator: "tcg",
        });
        expect(await check(fine, { accelerator: "tcg" })).toEqual({ accelerator: "tcg" });
    });

    it("names all obstacles with their remedies at once", async () => {
        const machine = { ...without("vmlinuz"), memory: 1024 };
        await expect(check(machine)).rejects.toThrow(PreflightError);
        await expect(check(machine)).rejects.toThrow(
            /image: .* lacks vmlinuz\n {4}make image\n {2}memory: .*\n {4}ps /,
        );
    });

    it("fails when KVM is demanded and no guest runs", async () => {
        const machine = { ...fine, commands: { ...fine.commands, "/usr/bin/qemu-system-x86_64": "" } };
        await expect(check(machine, { accelerator: "kvm" })).rejects.toThrow("KVM: ");
    });

    it("fails when libvirt does not respond, and counts no memory of this machine then", async () => {
        const machine = { ...fine, memory: 0, programs: ["virsh"], commands: {} };
        const uri = "qemu+tcp://server/system";
        await expect(check(machine, { libvirtUri: uri })).rejects.toThrow(`libvirt does not respond at ${uri}`);
        await expect(check(machine, { libvirtUri: uri })).rejects.not.toThrow("memory");
    });

    it("passes for a lab that exists, with any memory and disk left", async () => {
        const commands = {
            ...fine.commands,
            "virsh --quiet --connect qemu:///system list": "certificate-lab-dev-lb\n",
        };
        const xml = { "virsh --quiet --connect qemu:///system dumpxml": "<domain type='qemu'>" };
        const machine = { ...fine, memory: 0, disk: 0, commands: { ...commands, ...xml } };
        expect(await check(machine)).toEqual({ accelerator: "tcg" });
    });
});
