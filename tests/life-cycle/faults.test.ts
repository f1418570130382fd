import { execFileSync } from "node:child_process";
import { readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
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
    async function kill(seconds: number, ...args: string[]): Promise<void> {
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
        await kill(seconds, "snapshot", "killed");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
        expect(await lab.labOutput("snapshots")).toContain("marked");
        expect(await lab.on("host", `ls ${marker}`)).toContain(marker);
    });

    it.each(moments)("is reset by the next lab reset when one is killed after %d s", async (seconds) => {
        await lab.on("host", `rm -f ${marker}`);
        await kill(seconds, "reset", "marked");
        await lab.labOutput("reset", "marked");
        expect(await lab.notRunning()).toEqual([]);
        expect(await lab.on("host", `ls ${marker}`)).toContain(marker);
    });

    it.each(moments)("starts when lab stop is killed after %d s", async (seconds) => {
        await kill(seconds, "stop");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
    });

    it.each(moments)("starts when lab start is killed after %d s", async (seconds) => {
        await lab.labOutput("stop");
        await kill(seconds, "start");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual([]);
    });

    it("starts again after libvirtd was killed", async () => {
        const pids = execFileSync("pgrep", ["libvirtd"], { encoding: "utf8" }).trim().split("\n").map(Number);
        const namespace = (pid: number | string) => statSync(`/proc/${pid}/ns/net`).ino;
        const own = namespace(lab.cell.record.pause?.pid ?? 0);
        for (const pid of pids.filter((one) => namespace(one) === own)) {
            process.kill(pid, "SIGKILL");
        }
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
