import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepSudo, renewSudo } from "./keep-sudo.ts";

let folder: string;

/** A sudo that records its arguments and ends with this code. */
function fakeSudo(exitCode: number): void {
    writeFileSync(join(folder, "sudo"), `#!/bin/sh\necho "$*" >>${folder}/log\nexit ${exitCode}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

const log = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keep-sudo-"));
});

afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
});

describe("keepSudo", () => {
    it("reads the password once and starts a process that renews it", async () => {
        fakeSudo(0);
        writeFileSync(
            join(folder, "main.mjs"),
            `import { writeFileSync } from "node:fs";
            writeFileSync(${JSON.stringify(join(folder, "arguments"))}, process.argv.slice(2).join(" "));`,
        );
        expect(keepSudo(4711, join(folder, "main.mjs"))).toBe(true);
        expect(log()).toEqual(["--validate"]);
        await vi.waitFor(
            () => expect(readFileSync(join(folder, "arguments"), "utf8")).toBe("--renew-sudo 4711"),
            10_000,
        );
    });

    it("starts nothing when sudo refuses the password", () => {
        fakeSudo(1);
        expect(keepSudo(4711, join(folder, "missing.mjs"))).toBe(false);
    });
});

describe("renewSudo", () => {
    it("ends with the process", async () => {
        fakeSudo(0);
        const process = spawn("sleep", ["1"]);
        await renewSudo(process.pid ?? 0);
        expect(log()).toEqual(["--non-interactive --validate"]);
    });

    it("ends when sudo refuses, and without a process", async () => {
        fakeSudo(1);
        await renewSudo(process.pid);
        expect(log()).toHaveLength(1);
        await renewSudo(2 ** 22 + 1);
        expect(log()).toHaveLength(1);
    });
});
