import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readResult } from "./result";

const folder = mkdtempSync(join(tmpdir(), "bench-result-"));
const file = join(folder, "baseline.json");

afterAll(() => rmSync(folder, { recursive: true }));

it("reads the figures of an earlier run", () => {
    const stage = { name: "lab status", wall: 2, guestCpu: { lb: 1 }, hostCpu: 1, memory: 5800, disk: 900 };
    const result = { date: "", revision: "", accelerator: "tcg", processors: 2, versions: {}, stages: [stage] };
    writeFileSync(file, JSON.stringify(result));
    expect(readResult(file)).toEqual(result);
});

it.each(["", "{}", '{"stages": [{"name": "lab status"}]}'])("rejects a file with the content '%s'", (content) => {
    writeFileSync(file, content);
    expect(() => readResult(file)).toThrow(
        `${file} contains no figures of a benchmark. Measure them again: make bench`,
    );
});

it("names the command that creates a missing file", () => {
    const missing = join(folder, "missing.json");
    expect(() => readResult(missing)).toThrow(`Measure the baseline first: make bench JSON=${missing}`);
});
