import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { identify } from "../../lab/cell/process";
import { Meter } from "./meter";
import { runStage } from "./run-stage";
import type { Stage } from "./stages";

const stageOf = (program: string, args: string, exitCode?: number): Stage => {
    return { name: "stage", commands: [{ line: `${relative(repositoryRoot, program)} ${args}`, exitCode }] };
};

const run = (stage: Stage, lines: string[] = []) => {
    const { signal } = new AbortController();
    return runStage(stage, { meter: new Meter(), log: (line) => lines.push(line), signal });
};

describe("a stage", () => {
    it("has one result, and its output is logged", async () => {
        const stage = stageOf("/bin/echo", "a line");
        const lines: string[] = [];
        const results = await run(stage, lines);
        expect(results).toEqual([expect.objectContaining({ name: "stage", guestCpu: {}, memory: 0, disk: 0 })]);
        expect(lines).toEqual([`$ ${stage.commands[0]?.line}`, "a line"]);
    });

    it("has a result for each moment, and fails without one", async () => {
        const moment = { name: "moment", pattern: /line/ };
        const stage = { ...stageOf("/bin/echo", "a line"), moments: [moment] };
        expect(await run(stage)).toEqual([expect.objectContaining({ name: "moment" })]);
        await expect(run({ ...stage, moments: [{ ...moment, count: 2 }] })).rejects.toThrow("lacks the lines");
    });

    it("fails with the end of the output for another exit code than the expected one", async () => {
        expect(await run(stageOf("/bin/false", "", 1))).toHaveLength(1);
        const missing = stageOf("/bin/cat", "/missing-file");
        await expect(run(missing)).rejects.toThrow(/ exit code 1 instead of 0\n.*\/missing-file: No such file/);
    });

    it("repeats a command with a deadline until it succeeds", async () => {
        const folder = mkdtempSync(join(tmpdir(), "bench-stage-"));
        const script = join(folder, "script");
        writeFileSync(script, `mkdir ${folder}/first && exit 3\n`);
        const stage = stageOf("/bin/sh", script, 1);
        try {
            await expect(run(stage)).rejects.toThrow("exit code 3 instead of 1");
            rmSync(join(folder, "first"), { recursive: true });
            const commands = stage.commands.map((command) => ({ ...command, deadline: 60 }));
            expect(await run({ ...stage, commands })).toHaveLength(1);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("is killed with its descendants by an abort", async () => {
        const folder = mkdtempSync(join(tmpdir(), "bench-stage-"));
        const script = join(folder, "script");
        writeFileSync(script, "sleep 600 &\necho $!\nwait\n");
        const abort = new AbortController();
        let child = 0;
        const log = (line: string) => {
            if (/^\d+$/.test(line)) {
                child = Number(line);
                expect(identify(child)).toBeDefined();
                abort.abort();
            }
        };
        try {
            const options = { meter: new Meter(), log, signal: abort.signal };
            await expect(runStage(stageOf("/bin/sh", script), options)).rejects.toThrow("aborted");
            // The kernel ends a killed process after the call, later on a busy machine.
            await vi.waitFor(() => expect(identify(child)).toBeUndefined(), 10_000);
            await expect(runStage(stageOf("/bin/true", ""), options)).rejects.toThrow("aborted");
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
