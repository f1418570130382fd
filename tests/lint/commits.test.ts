import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lint from "@commitlint/lint";
import load from "@commitlint/load";
import { afterAll, expect, it } from "vitest";
import { needs } from "../programs";
import { commitRange } from "./commit-range";

/** Whether commitlint accepts a message. */
async function accepts(message: string): Promise<boolean> {
    const { rules, plugins, ignores, parserPreset } = await load();
    const parserOpts = parserPreset?.parserOpts as Parameters<typeof lint>[2] extends { parserOpts?: infer P }
        ? P
        : never;
    return (await lint(message, rules, { plugins, ignores, parserOpts })).valid;
}

it.each(["lab/cell: create namespaces", "README: describe the settings\n\nReasons and figures.", "Merge infra"])(
    "accepts %j",
    async (message) => expect(await accepts(message)).toBe(true),
);

it.each([
    "Create namespaces",
    "lab/cell: created namespaces",
    "lab/cell: create namespaces.",
    `lab/cell: ${"create ".repeat(10)}`,
    "lab/cell: create namespaces\nwithout an empty line",
])("rejects %j", async (message) => expect(await accepts(message)).toBe(false));

needs("git").describe("commitRange", () => {
    const folder = mkdtempSync(join(tmpdir(), "commits-"));
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" }).trim();
    afterAll(() => rmSync(folder, { recursive: true }));

    it("starts after the base, and has only HEAD where the base is missing", () => {
        git("init", "--quiet");
        const commit = (subject: string) => {
            git(
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.org",
                "commit",
                "--quiet",
                "--allow-empty",
                "-m",
                subject,
            );
            return git("rev-parse", "HEAD");
        };
        const base = commit("first");
        commit("second");
        expect(commitRange(base, folder)).toEqual(["--from", base]);
        expect(commitRange("0".repeat(40), folder)).toEqual(["--last"]);
    });
});
