import { expect, it } from "vitest";
import { chooseAccelerator } from "./accelerator.ts";
import { cellContext, type FakeMachine, fakeHost, systemContext } from "./fake-host.ts";
import { Inspection } from "./inspection.ts";
import { kvmError } from "./kvm-device.ts";

const trial = "unshare --user --map-root-user --map-auto --setgid 0 -- sh -c exec 3<>/dev/kvm";

/** A server whose user is in the group kvm. */
const member: FakeMachine = {
    programs: ["newuidmap", "newgidmap", "unshare", "qemu-system-x86_64"],
    files: {
        "/etc/subuid": "ann:100000:65536\n",
        "/lab/.lab/image/disk.qcow2": "",
        "/lab/.lab/image/vmlinuz": "",
        "/lab/.lab/image/initrd.img": "",
    },
    opens: { "/dev/kvm": "" },
    commands: {
        "unshare --user --map-root-user --map-auto --net --mount true": "",
        [trial]: { exitCode: 2, stderr: "sh: 1: cannot create /dev/kvm: Permission denied\n" },
        "/usr/bin/qemu-system-x86_64": "Kernel panic",
    },
};
const owner: FakeMachine = { ...member, commands: { ...member.commands, [trial]: "" } };

const inspect = (machine: FakeMachine, context = cellContext()) => new Inspection(fakeHost(machine), context);

it("opens in a cell for a user who has access without a group", async () => {
    expect(await kvmError(inspect(owner))).toBeUndefined();
    expect(await chooseAccelerator(inspect(owner))).toBe("kvm");
});

it("does not open in a cell for a member of its group", async () => {
    expect(await kvmError(inspect(member))).toBe("EACCES");
    expect(await chooseAccelerator(inspect(member))).toBe("tcg");
});

it("opens for a member of its group where the lab has no user namespace, and before a cell is possible", async () => {
    expect(await kvmError(inspect(member, systemContext()))).toBeUndefined();
    expect(await kvmError(inspect({ ...member, user: { name: "root", uid: 0 } }))).toBeUndefined();
    expect(await kvmError(inspect({ ...member, files: {} }))).toBeUndefined();
});

it("has the code of a device that does not open", async () => {
    expect(await kvmError(inspect({ ...owner, opens: {} }))).toBe("ENOENT");
});
