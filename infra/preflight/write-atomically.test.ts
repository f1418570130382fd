import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeAtomically } from "./write-atomically.ts";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "write-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("replaces a file by one that only its owner reads", () => {
    const path = join(folder, "record");
    writeFileSync(path, "old", { mode: 0o644 });
    writeAtomically(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readdirSync(folder)).toEqual(["record"]);
});

it("leaves no temporary file when it fails", () => {
    mkdirSync(join(folder, "record"));
    expect(() => writeAtomically(join(folder, "record"), "")).toThrow("EISDIR");
    expect(readdirSync(folder)).toEqual(["record"]);
});
