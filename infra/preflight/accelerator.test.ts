import { describe, expect, it } from "vitest";
import { chooseAccelerator } from "./accelerator.ts";
import { cellContext, type FakeMachine, fakeHost, remoteContext, systemContext } from "./fake-host.ts";
import { Inspection } from "./inspection.ts";

const image = { "/lab/.lab/image/disk.qcow2": "", "/lab/.lab/image/vmlinuz": "", "/lab/.lab/image/initrd.img": "" };

const withKvm: FakeMachine = {
    programs: ["qemu-system-x86_64", "virsh"],
    files: image,
    opens: { "/dev/kvm": "", "/var/run/libvirt/libvirt-sock": "" },
    commands: { "/usr/bin/qemu-system-x86_64": "Kernel panic", "virsh --quiet --connect": "" },
};

const withoutKvm: FakeMachine = { ...withKvm, opens: { ...withKvm.opens, "/dev/kvm": "EACCES" } };

const choose = (machine: FakeMachine, context = cellContext()) =>
    chooseAccelerator(new Inspection(fakeHost(machine), context));

/** A libvirtd with a lab of that domain type. */
const withLab = (machine: FakeMachine, type: string): FakeMachine => ({
    ...machine,
    commands: {
        ...machine.commands,
        "virsh --quiet --connect qemu:///system list": "other-lb\ncertificate-lab-lb\n",
        "virsh --quiet --connect qemu:///system dumpxml --inactive certificate-lab-lb": `<domain type='${type}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n  <name>certificate-lab-lb</name>`,
    },
});

describe("chooseAccelerator", () => {
    it("uses KVM where a guest runs", async () => {
        expect(await choose(withKvm)).toBe("kvm");
        expect(await choose({ ...withKvm, commands: { "/usr/bin/qemu-system-x86_64": "" } })).toBe("tcg");
        expect(await choose(withoutKvm)).toBe("tcg");
    });

    it("follows the setting without a probe", async () => {
        const host = fakeHost(withKvm);
        const inspection = new Inspection(host, cellContext({ accelerator: "tcg" }));
        expect(await chooseAccelerator(inspection)).toBe("tcg");
        expect(host.ran).toEqual([]);
        expect(await choose(withoutKvm, cellContext({ accelerator: "kvm" }))).toBe("kvm");
    });

    it("keeps the accelerator of a lab that exists", async () => {
        expect(await choose(withLab(withKvm, "qemu"), systemContext())).toBe("tcg");
        expect(await choose(withLab(withoutKvm, "kvm"), systemContext())).toBe("kvm");
    });

    it("changes the accelerator of a lab that exists when the setting demands it", async () => {
        expect(await choose(withLab(withKvm, "qemu"), systemContext({ accelerator: "kvm" }))).toBe("kvm");
    });

    it("has no result before the image is built", async () => {
        expect(await choose({ ...withKvm, files: {} })).toBeUndefined();
    });

    it("follows libvirt's capabilities on a remote hypervisor", async () => {
        const context = remoteContext({ libvirtUri: "qemu+tls://server/system" });
        const refused = { "virsh --quiet --connect qemu+tls://server/system domcapabilities": { exitCode: 1 } };
        expect(await choose(withoutKvm, context)).toBe("kvm");
        expect(await choose({ ...withKvm, commands: { ...withKvm.commands, ...refused } }, context)).toBe("tcg");
        expect(await choose({}, context)).toBeUndefined();
    });
});
