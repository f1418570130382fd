import { describe, expect, it } from "vitest";
import { cellContext, type FakeHost, type FakeMachine, fakeHost } from "./fake-host.ts";
import { Inspection } from "./inspection.ts";
import { isGuestRunning } from "./kvm-probe.ts";

const runs: FakeMachine = {
    user: { uid: 1000, groups: [1000, 104] },
    programs: ["qemu-system-x86_64"],
    files: { "/proc/sys/kernel/random/boot_id": "boot-1\n", "/lab/.lab/image/vmlinuz": "kernel" },
    commands: { "/usr/bin/qemu-system-x86_64 -accel kvm": "Kernel panic - not syncing: VFS" },
};

const hangs: FakeMachine = { ...runs, commands: { "/usr/bin/qemu-system-x86_64": { exitCode: undefined } } };

/** Probes on a machine whose cache holds what an earlier one has written there. */
async function probe(machine: FakeMachine, earlier?: FakeHost, deadline = 30) {
    const host = fakeHost({ ...machine, files: { ...machine.files, ...earlier?.written } });
    const running = await isGuestRunning(new Inspection(host, cellContext({ deadline })));
    return { running, host, probes: host.ran.length };
}

describe("isGuestRunning", () => {
    it("boots the lab's kernel under KVM", async () => {
        const { running, host } = await probe(runs);
        expect(running).toBe(true);
        expect(host.ran[0]).toMatch(/-accel kvm .*-kernel \/lab\/.lab\/image\/vmlinuz/);
    });

    it("is false when QEMU ends without the kernel's panic", async () => {
        const { running } = await probe(
            { ...runs, commands: { "/usr/bin/qemu-system-x86_64": { exitCode: 134 } } },
            undefined,
            4,
        );
        expect(running).toBe(false);
    });

    it.each([
        ["true", runs],
        ["false", hangs],
    ])("keeps the result %s until the next boot", async (result, machine) => {
        const first = await probe(machine);
        const second = await probe(machine, first.host);
        expect(String(first.running)).toBe(result);
        expect(second).toMatchObject({ running: first.running, probes: 0 });
    });

    it.each([
        ["another boot", { files: { ...runs.files, "/proc/sys/kernel/random/boot_id": "boot-2\n" } }],
        ["another user", { user: { uid: 0, groups: [0] } }],
        ["another group of the same user", { user: { uid: 1000, groups: [1000, 104, 999] } }],
        ["another kernel", { files: { ...runs.files, "/lab/.lab/image/vmlinuz": "newer kernel" } }],
        ["the same user in a user namespace", { files: { ...runs.files, "/proc/self/uid_map": "0 1000 1\n" } }],
    ])("repeats a failed probe for %s", async (_, change) => {
        const failed = await probe(hangs);
        expect(failed.running).toBe(false);
        expect(await probe({ ...runs, ...change }, failed.host)).toMatchObject({ running: true, probes: 1 });
    });

    it("drops the results of earlier boots and keeps those of other users", async () => {
        const first = await probe(runs);
        const other = await probe({ ...hangs, user: { uid: 0, groups: [0] } }, first.host);
        const file = "/home/ann/.cache/certificate-lab/kvm-probe.json";
        expect(Object.keys(JSON.parse(other.host.written[file] ?? ""))).toHaveLength(2);
        const later = await probe(
            { ...runs, files: { ...runs.files, "/proc/sys/kernel/random/boot_id": "2" } },
            other.host,
        );
        expect(Object.keys(JSON.parse(later.host.written[file] ?? ""))).toHaveLength(1);
    });

    it("has no result, and keeps none, when the deadline is too short for a slow guest", async () => {
        const { running, host } = await probe(hangs, undefined, 4);
        expect(running).toBeUndefined();
        expect(host.written).toEqual({});
    });

    it("has no result without QEMU", async () => {
        expect((await probe({ ...runs, programs: [] })).running).toBeUndefined();
    });

    it("probes again when the cache is damaged", async () => {
        const damaged = { "/home/ann/.cache/certificate-lab/kvm-probe.json": "{" };
        expect(await probe({ ...runs, files: { ...runs.files, ...damaged } })).toMatchObject({
            running: true,
            probes: 1,
        });
    });
});
