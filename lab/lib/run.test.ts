import { describe, expect, it } from "vitest";
import { NotStartedError, run } from "./run";

const shell = (script: string, options?: Parameters<typeof run>[2]) => run("bash", ["-c", script], options);

describe("run", () => {
    it("returns exit code and output, without the final line end", async () => {
        expect(await shell("echo out; echo; echo err >&2; exit 3")).toEqual({
            exitCode: 3,
            stdout: "out\n",
            stderr: "err",
        });
    });

    it("passes standard input, environment and working directory", async () => {
        expect(
            (await shell("cat; echo $GREETING; pwd", { stdin: "in ", env: { GREETING: "hello" }, cwd: "/" })).stdout,
        ).toBe("in hello\n/");
    });

    it("tolerates a command that does not read its input", async () => {
        expect((await shell("exec <&-; sleep 0.1", { stdin: "x".repeat(1 << 20) })).exitCode).toBe(0);
    });

    it("kills a command at its deadline and keeps its output", async () => {
        expect(await shell("echo begun; sleep 60", { deadline: 0.5 })).toMatchObject({
            exitCode: undefined,
            stdout: "begun",
        });
    });

    it("ends at the deadline although the command ignores SIGTERM and a child holds its output open", async () => {
        const start = Date.now();
        await shell("trap '' TERM; setsid sleep 20 & wait", { deadline: 0.2 });
        expect(Date.now() - start).toBeLessThan(10_000);
    });

    it("has no exit code after the deadline, with any exit code of the command", async () => {
        expect((await shell("trap 'exit 255' TERM; sleep 60 & wait", { deadline: 0.2 })).exitCode).toBeUndefined();
    });

    it.each(["yes", "yes >&2"])("ends endless output at the limit: %s", async (command) => {
        const { exitCode, stdout, stderr } = await shell(command, { maximumOutput: 100_000 });
        expect(exitCode).toBeUndefined();
        expect(stdout.length + stderr.length).toBeGreaterThan(99_000);
        expect(stdout.length + stderr.length).toBeLessThanOrEqual(100_000);
    });

    it("rejects a command that does not exist", async () => {
        await expect(run("no-such-command", [])).rejects.toThrow(NotStartedError);
        await expect(run("no-such-command", [])).rejects.toThrow("Cannot start no-such-command");
    });
});
