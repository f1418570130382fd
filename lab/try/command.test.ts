import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AnswerError } from "./answer";
import { answersIn, points, readAnswer } from "./command";

let directory: string;
beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "answers-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it("finds the answers of a directory, also links, and no directories and hidden files", () => {
    writeFileSync(join(directory, "b.md"), "");
    writeFileSync(join(directory, ".hidden"), "");
    mkdirSync(join(directory, "folder"));
    symlinkSync(join(directory, "b.md"), join(directory, "a.md"));
    symlinkSync(join(directory, "missing"), join(directory, "c.md"));
    expect(answersIn(directory)).toEqual(["a.md", "b.md", "c.md"]);
});

it("rejects a directory without an answer", () => {
    expect(() => answersIn(directory)).toThrow(AnswerError);
});

it("reads an answer", () => {
    writeFileSync(join(directory, "a.md"), "lb$ true\n");
    expect(readAnswer(join(directory, "a.md"))).toBe("lb$ true\n");
});

it("rejects what cannot be read to its end", () => {
    expect(() => readAnswer("/dev/zero")).toThrow("is longer than 1 MiB");
    expect(() => readAnswer(join(directory, "missing"))).toThrow(AnswerError);
    expect(() => readAnswer(directory)).toThrow("cannot be read: EISDIR");
});

it.each([
    ["80", 80],
    ["0", 0],
    ["12.5", 12.5],
])("reads %s points", (text, value) => {
    expect(points(text)).toBe(value);
});

it.each(["eighty", "-1", "", "Infinity", "NaN"])("rejects %j points before an answer is executed", (text) => {
    expect(() => points(text)).toThrow("It must be a number");
});
