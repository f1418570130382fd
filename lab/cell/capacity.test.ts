import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { needs } from "../../tests/programs";
import { capacity, requireCapacity } from "./capacity";
import { Cell } from "./cell";

const lab = { accelerator: "tcg", fromTemplate: false } as const;
const enough = { memory: 24_000, disk: 60_000, reserved: 20_000 };

it("accepts a machine with enough of both", () => {
    expect(() => requireCapacity(enough, lab)).not.toThrow();
});

it("reports how much memory is missing", () => {
    expect(() => requireCapacity({ ...enough, memory: 6_000 }, lab)).toThrow(
        /needs 6196 MiB of memory and 6000 MiB are available: 196 MiB are missing.*lab --stack NAME stop/,
    );
});

it("keeps the disk into which other labs can grow", () => {
    expect(() => requireCapacity({ ...enough, disk: 30_000 }, lab)).toThrow(
        /20000 MiB are reserved.*3312 MiB are missing/,
    );
});

it("needs less disk for a lab from a template", () => {
    expect(() => requireCapacity({ ...enough, disk: 30_000 }, { ...lab, fromTemplate: true })).not.toThrow();
});

needs("qemu-img").it(
    "measures a folder that does not exist yet, and reserves nothing for a lab that is being removed",
    async () => {
        const parent = mkdtempSync(join(tmpdir(), "capacity-"));
        vi.stubEnv("LAB_STATE", join(parent, "state", "labs"));
        try {
            expect(await capacity()).toMatchObject({ reserved: 0, disk: expect.any(Number) });
            const cell = Cell.create("unit-test");
            const [base, overlay] = ["base.qcow2", "lb.qcow2"].map((name) => join(cell.images, name)) as [
                string,
                string,
            ];
            mkdirSync(cell.images, { recursive: true });
            execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", base, "1G"]);
            execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, overlay]);
            expect((await capacity()).reserved).toBeGreaterThan(1000);
            rmSync(base);
            expect((await capacity()).reserved).toBe(0);
            cell.remove();
            expect(existsSync(cell.folder)).toBe(false);
        } finally {
            vi.unstubAllEnvs();
            rmSync(parent, { recursive: true });
        }
    },
);
