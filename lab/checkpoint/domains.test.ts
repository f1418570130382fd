import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isComplete, statesIn } from "./domains";

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

it("reads the states of domains in virsh's table, also of one that is shutting down", () => {
    const table = [
        " 1    lab-lb           running",
        " 12   lab-host         paused",
        " 13   lab-k8s-master   in shutdown",
        " -    lab-k8s-worker1  shut off",
        "",
    ].join("\n");
    expect(statesIn(table)).toEqual({
        "lab-lb": "running",
        "lab-host": "paused",
        "lab-k8s-master": "running",
        "lab-k8s-worker1": "shut off",
    });
    expect(statesIn("")).toEqual({});
});
