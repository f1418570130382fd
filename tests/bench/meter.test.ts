import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { difference, diskOf, Meter, machineIn } from "./meter";
import type { ProcessUsage } from "./processes";

const [self, command, init] = [10, 11, 20];

function used(pid: number, parent: number, own: number, waited = 0, memory = 0): ProcessUsage {
    return { pid, parent, startTime: "1", own, waited, memory };
}

/** A meter for processes that run these machines, by process ID. */
const meterOf = (machines: Record<number, string>) => new Meter((pid) => machines[pid]);

it("separates QEMU of each machine from commands and from libvirt in the cell", () => {
    const processes = [
        used(self, 1, 1, 2),
        used(command, self, 4, 8),
        used(init, 1, 1000, 1000, 1),
        used(21, init, 16, 32, 10),
        used(100, init, 64, 5, 100),
        used(101, init, 128, 0, 100),
        used(2, 1, 1000, 1000, 1000),
    ];
    expect(meterOf({ 100: "lb", 101: "host" }).add(processes, self, init)).toEqual({
        guestCpu: { lb: 64, host: 128 },
        hostCpu: 1 + 2 + 4 + 8 + 16 + 32,
        memory: 210,
    });
});

it("does not count the cell among the commands while a command starts it", () => {
    const processes = [used(self, 1, 1), used(command, self, 2), used(init, command, 1000), used(100, init, 5)];
    expect(meterOf({ 100: "lb" }).add(processes, self, init)).toMatchObject({ guestCpu: { lb: 5 }, hostCpu: 3 });
});

it("adds the time of a machine that was restored to that of its earlier QEMU", () => {
    const meter = meterOf({ 100: "lb", 102: "lb" });
    meter.add([used(self, 1, 0), used(init, 1, 0), used(100, init, 50)], self, init);
    const stopped = meter.add([used(self, 1, 0)], self, undefined);
    const restored = meter.add([used(self, 1, 0), used(init, 1, 0), used(102, init, 3)], self, init);
    expect(stopped).toEqual({ guestCpu: { lb: 50 }, hostCpu: 0, memory: 0 });
    expect(restored.guestCpu).toEqual({ lb: 53 });
    expect(difference(restored, stopped)).toEqual({ guestCpu: { lb: 3 }, hostCpu: 0, memory: 0 });
});

it("distinguishes a process from an earlier one with the same ID", () => {
    const meter = meterOf({ 100: "lb" });
    meter.add([used(init, 1, 0), used(100, init, 50)], self, init);
    const later = { ...used(100, init, 3), startTime: "2" };
    expect(meter.add([used(init, 1, 0), later], self, init).guestCpu).toEqual({ lb: 53 });
});

it("counts a process for its machine when its arguments are gone, or not there yet", () => {
    const machines: Record<number, string> = {};
    const meter = meterOf(machines);
    const read = (own: number) => meter.add([used(init, 1, 0), used(100, init, own)], self, init);
    expect(read(1)).toMatchObject({ guestCpu: {}, hostCpu: 1 });
    machines[100] = "lb";
    expect(read(2)).toMatchObject({ guestCpu: { lb: 2 }, hostCpu: 0 });
    delete machines[100];
    expect(read(3)).toMatchObject({ guestCpu: { lb: 3 }, hostCpu: 0 });
});

it("calculates differences, also for a machine that is new", () => {
    const earlier = { guestCpu: { lb: 10 }, hostCpu: 5, memory: 300 };
    const later = { guestCpu: { lb: 12, host: 7 }, hostCpu: 6, memory: 200 };
    expect(difference(later, earlier)).toEqual({ guestCpu: { lb: 2, host: 7 }, hostCpu: 1, memory: 200 });
});

it("finds the machine in the arguments of QEMU only", () => {
    const name = "guest=certificate-lab-k8s-worker1,debug-threads=on";
    expect(machineIn(["/usr/bin/qemu-system-x86_64", "-name", name, "-S"])).toBe("k8s-worker1");
    expect(machineIn(["/usr/bin/qemu-system-x86_64", "-name", "guest=another"])).toBeUndefined();
    expect(machineIn(["/usr/sbin/libvirtd", "--daemon"])).toBeUndefined();
    expect(machineIn([])).toBeUndefined();
});

it("adds up the disk of files in all folders, without hard links", () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-disk-"));
    try {
        mkdirSync(join(folder, "cell", "images"), { recursive: true });
        writeFileSync(join(folder, "image"), Buffer.alloc(8 * 2 ** 20, 1));
        writeFileSync(join(folder, "cell", "images", "lb"), Buffer.alloc(2 ** 20, 1));
        linkSync(join(folder, "image"), join(folder, "cell", "images", "base"));
        expect(diskOf(join(folder, "cell"))).toBeCloseTo(1, 1);
        expect(diskOf(join(folder, "missing"))).toBe(0);
        expect(diskOf(undefined)).toBe(0);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
