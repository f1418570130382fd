import {
    lstatSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BundleError, readBundle, writeBundle } from "./bundle";
import { evaluate } from "./evaluate";
import type { Evidence } from "./evidence/evidence";
import { solvedEvidence } from "./evidence/sample";

let directory: string;
beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "bundle-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (afterReboot = false) => {
    const file = join(directory, "bundle.json");
    const evidence = solvedEvidence();
    writeBundle(file, { evidence, ...(afterReboot ? { afterReboot: evidence } : {}) }, { before: evaluate(evidence) });
    return file;
};

it.each([false, true])("keeps evidence from which the same verdict follows (after a reboot: %s)", (afterReboot) => {
    const file = write(afterReboot);
    const bundle = readBundle(file);
    expect(evaluate(bundle.evidence)).toEqual(evaluate(solvedEvidence()));
    expect(bundle.afterReboot !== undefined).toBe(afterReboot);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["bundle.json"]);
});

it("rejects evidence that was changed", () => {
    const file = write();
    writeFileSync(file, readFileSync(file, "utf8").replace('"uid": "u1"', '"uid": "u2"'));
    expect(() => readBundle(file)).toThrow(/was changed/);
});

it.each([
    ["cannot be read", "{"],
    ["is no bundle", "{}"],
    ["has format 9", JSON.stringify({ sha256: "", evidence: { format: 9 } })],
])("rejects a file that %s", (reason, text) => {
    const file = join(directory, "other.json");
    writeFileSync(file, text);
    expect(() => readBundle(file)).toThrow(BundleError);
    expect(() => readBundle(file)).toThrow(reason);
});

it("rejects evidence that is not a lab's, also with the right digest", () => {
    const file = join(directory, "bundle.json");
    for (const change of [{ network: "another" }, { machines: { lb: {} } }]) {
        writeBundle(file, { evidence: { ...solvedEvidence(), ...change } as Evidence }, {});
        expect(() => readBundle(file)).toThrow(BundleError);
        expect(() => readBundle(file)).toThrow("has incomplete evidence");
    }
});

it("does not replace a device, a pipe or a directory", () => {
    for (const file of ["/dev/null", "/dev/stdout", directory]) {
        expect(() => writeBundle(file, { evidence: solvedEvidence() }, {})).toThrow("is not a regular file");
    }
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
});

it("replaces the target of a symbolic link, and keeps the link", () => {
    const link = join(directory, "link.json");
    symlinkSync(write(), link);
    writeBundle(link, { evidence: solvedEvidence() }, {});
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readBundle(link).evidence).toEqual(solvedEvidence());
    expect(readdirSync(directory)).toEqual(["bundle.json", "link.json"]);
});

it("fails when the file cannot be written, and leaves nothing", () => {
    const evidence = solvedEvidence();
    expect(() => writeBundle(join(directory, "missing", "bundle.json"), { evidence }, {})).toThrow("ENOENT");
    expect(readdirSync(directory)).toEqual([]);
});
