import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSavedMachines, recordFile } from "./record";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "saved-"));
    mkdirSync(join(folder, "memory"));
    writeFileSync(join(folder, "memory", "lb"), "memory");
    const record = { guestTime: 1, domains: { lb: "running" }, networks: [], files: [{ path: "memory/lb", size: 6 }] };
    writeFileSync(join(folder, recordFile), JSON.stringify(record));
});

afterEach(() => rmSync(folder, { recursive: true }));

it("reads a complete folder", () => {
    expect(readSavedMachines(folder).domains).toEqual({ lb: "running" });
});

it("rejects a truncated file, and names it", () => {
    truncateSync(join(folder, "memory", "lb"), 3);
    expect(() => readSavedMachines(folder)).toThrow(/damaged: memory\/lb is missing or truncated.*rm -r/);
});

it("rejects a missing file", () => {
    rmSync(join(folder, "memory", "lb"));
    expect(() => readSavedMachines(folder)).toThrow("memory/lb");
});

it.each(["", "{", '{"guestTime": 1}'])("rejects a record with the content %j", (content) => {
    writeFileSync(join(folder, recordFile), content);
    expect(() => readSavedMachines(folder)).toThrow("contains no complete saved lab");
});
