import { execFileSync } from "node:child_process";
import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { argumentsOf, kill, networkNamespace, processesIn } from "../../lab/cell/process";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

const stack = "life-faults";

/** Seconds from the start of a command until its processes are killed, in the foreground and in a separate session. */
const moments = [1, 2, 3, 4, 5, 6, 8];

const marker = "/root/marker";

describeLabs(1, "a lab whose command is killed", () => {
    let lab: TestLab;

    beforeAll(async () => {
        lab = await TestLab.start(stack);
        await lab.on("host", `touch ${marker} && sync`);
        await lab.labOutput("snapshot", "marked");
    });

    afterAll(() => lab.remove());

    /** Runs a command of bin/lab and kills its processes; they cannot clean up. */
    async function killCommand(seconds: number, ...args: string[]): Promise<void> {
        const { ended } = lab.startLab(...args);
        await setTimeout(seconds * 1000);
        try {
            execFileSync("pkill", ["--signal", "KILL", "--full", "--", `--stack ${stack} ${args[0]}`]);
        } catch {
            // The command ended before.
        }
        await ended;
    }

    it.each(moments)("runs and keeps its snapshots when lab snapshot is killed after %d s", async (seconds) => {
        await killCommand(seconds, "snapshot", "killed");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
        expect(await lab.labOutput("snapshots")).toContain("marked");
        expect(await lab.on("host", `ls ${marker}`)).toContain(marker);
    });

    it.each(moments)("is reset by the next lab reset when one is killed after %d s", async (seconds) => {
        await lab.on("host", `rm -f ${marker}`);
        await killCommand(seconds, "reset", "marked");
        await lab.labOutput("reset", "marked");
        expect(await lab.notRunning()).toEqual([]);
        expect(await lab.on("host", `ls ${marker}`)).toContain(marker);
    });

    it.each(moments)("starts when lab stop is killed after %d s", async (seconds) => {
        await killCommand(seconds, "stop");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
    });

    it.each(moments)("starts when lab start is killed after %d s", async (seconds) => {
        await lab.labOutput("stop");
        await killCommand(seconds, "start");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
    });

    it("starts again after libvirtd was killed", async () => {
        const namespace = networkNamespace(lab.cell.record.pause?.pid ?? -1) ?? "";
        const daemons = processesIn(namespace).filter((pid) => /(^|\/)libvirtd$/.test(argumentsOf(pid)[0] ?? ""));
        expect(daemons).toHaveLength(1);
        daemons.forEach(kill);
        await lab.pulumiOutput("preview", "--expect-no-changes");
        expect(await lab.notRunning()).toEqual([]);
    });

    it("is not changed by a damaged snapshot", async () => {
        await lab.labOutput("snapshot", "damaged");
        const memory = join(lab.cell.folder, "checkpoints", "damaged", "memory");
        truncateSync(join(memory, readdirSync(memory)[0] ?? ""), 4096);
        const { exitCode, all } = await lab.lab("reset", "damaged");
        expect(exitCode).not.toBe(0);
        expect(all).toMatch(/is damaged: memory\/.* is missing or truncated\. Remove it: /);
        expect(await lab.notRunning()).toEqual([]);
        await lab.becomes(1);
    });
});
