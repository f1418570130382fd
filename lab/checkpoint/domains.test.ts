import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isComplete } from "./domains";

const folder = mkdtempSync(join(tmpdir(), "memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
    ["a file that virsh save completed", "LibvirtQemudSave\u0002", true],
    ["a file that virsh save did not complete", "LibvirtQemudPart\u0002", false],
    ["an empty file", "", false],
])("recognises %s", (_, content, expected) => {
    const file = join(folder, "memory");
    writeFileSync(file, content);
    expect(isComplete(file)).toBe(expected);
});

it("finds no memory in a file that does not exist", () => {
    expect(isComplete(join(folder, "missing"))).toBe(false);
});
