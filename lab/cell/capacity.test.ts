import { expect, it } from "vitest";
import { requireCapacity } from "./capacity";

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
