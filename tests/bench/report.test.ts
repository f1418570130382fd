import { describe, expect, it } from "vitest";
import { increases, report } from "./report";
import type { BenchResult, StageResult } from "./result";

const stage = (name: string, guest: number, host: number, wall = 10): StageResult => {
    return {
        name,
        wall,
        guestCpu: { lb: guest / 4, "k8s-master": (guest * 3) / 4 },
        hostCpu: host,
        memory: 5800,
        disk: 900,
    };
};

const result = (...stages: StageResult[]): BenchResult => ({
    date: "2026-11-26T18:00:00.000Z",
    revision: "1479f3b",
    accelerator: "tcg",
    processors: 2,
    versions: { QEMU: "7.2.22", libvirt: "9.0.0", "Node.js": "24.21.0", Pulumi: "3.259.0" },
    stages,
});

describe("the comparison with a baseline", () => {
    it("names a stage that uses over 10 % more CPU", () => {
        expect(increases(result(stage("build", 90, 21)), result(stage("build", 80, 20)))).toEqual([
            "Over 10 % more CPU: build: 111.0 s instead of 100.0 s",
        ]);
    });

    it.each([
        ["10 % more CPU", stage("build", 90, 20), stage("build", 80, 20)],
        ["less CPU", stage("build", 40, 20), stage("build", 80, 20)],
        ["a difference below the resolution", stage("build", 1, 0.9), stage("build", 0.5, 0.5)],
        ["more wall time only", stage("build", 80, 20, 99), stage("build", 80, 20, 10)],
        ["no such stage in the baseline", stage("build", 80, 20), stage("destroy", 1, 1)],
    ])("accepts %s", (_, now, before) => {
        expect(increases(result(now), result(before))).toEqual([]);
    });
});

describe("the report", () => {
    const now = result(stage("build: broken lab", 400, 50, 300), stage("lab stop", 0, 2));

    it("has the conditions, the figures of each stage, and the guest CPU of each machine", () => {
        expect(report(now).split("\n")).toEqual([
            "2026-11-26T18:00:00.000Z, revision 1479f3b, tcg, 2 processors, QEMU 7.2.22, libvirt 9.0.0, Node.js 24.21.0, Pulumi 3.259.0",
            "",
            "STAGE              WALL s  GUEST CPU s  HOST CPU s  MEMORY MiB  DISK MiB",
            "build: broken lab  300.0   400.0        50.0        5800        900",
            "lab stop           10.0    0.0          2.0         5800        900",
            "",
            "GUEST CPU s        lb     host  acme-server  k8s-master  k8s-worker1  k8s-worker2",
            "build: broken lab  100.0  0.0   0.0          300.0       0.0          0.0",
            "lab stop           0.0    0.0   0.0          0.0         0.0          0.0",
        ]);
    });

    it("has ratios to a baseline, also one that lacks a stage, and the stages that use more CPU", () => {
        const lines = report(now, result(stage("build: broken lab", 200, 50, 600))).split("\n");
        expect(lines.slice(2, 5)).toEqual([
            "STAGE              WALL s  GUEST CPU s  HOST CPU s  MEMORY MiB  DISK MiB  WALL RATIO  GUEST CPU RATIO",
            "build: broken lab  300.0   400.0        50.0        5800        900       0.50        2.00",
            "lab stop           10.0    0.0          2.0         5800        900       -           -",
        ]);
        expect(lines.slice(-2)).toEqual([
            expect.stringMatching(/^Baseline: 2026-11-26T18:00:00.000Z, revision 1479f3b, tcg, /),
            "Over 10 % more CPU: build: broken lab: 450.0 s instead of 250.0 s",
        ]);
    });
});
