import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestStack } from "./stack";
import { until } from "./until";

describe("command.local", () => {
    const folder = mkdtempSync(join(tmpdir(), "conformance-command-"));
    let stack: TestStack;
    beforeAll(async () => {
        stack = await TestStack.create("local-command");
    });
    afterAll(() => {
        stack?.remove();
        rmSync(folder, { recursive: true });
    });

    const log = (name: string) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n");

    /** One resource for each operation on a command; `version` changes all of them. */
    const life = (version: string) => async () => {
        const whole = new local.Command("whole", {
            create: "echo create >>whole; echo one; echo problem >&2",
            update: 'echo "update after $PULUMI_COMMAND_STDOUT, $PULUMI_COMMAND_STDERR" >>whole; echo two',
            delete: 'echo "delete after $PULUMI_COMMAND_STDOUT" >>whole',
            environment: { VERSION: version },
            dir: folder,
        });
        new local.Command("without-update", { create: `echo ${version} >>without-update`, dir: folder });
        new local.Command("triggered", {
            create: `echo create ${version} >>triggered`,
            update: "echo update >>triggered",
            delete: `echo delete ${version} >>triggered`,
            dir: folder,
            triggers: [{ any: ["value", version] }],
        });
        new local.Command(
            "ignoring",
            {
                create: "echo $VERSION $SIZE >>ignoring",
                environment: { VERSION: version, SIZE: "1" },
                dir: folder,
            },
            { ignoreChanges: ["environment.VERSION"] },
        );
        return { stdout: whole.stdout, stderr: whole.stderr };
    };

    it("runs create, and keeps the output without the last line's end", async () => {
        const { outputs, steps } = await stack.up(life("1"));
        expect(outputs.stdout).toEqual({ value: "one", secret: false });
        expect(outputs.stderr?.value).toBe("problem");
        expect(steps).toEqual({ whole: "create", "without-update": "create", triggered: "create", ignoring: "create" });
        expect(log("whole")).toEqual(["create"]);
    });

    it("shows no change without one", async () => {
        expect(await stack.preview(life("1"))).toEqual({});
        expect((await stack.refresh()).steps).toEqual({});
    });

    it("runs nothing in a preview", async () => {
        const steps = await stack.preview(life("2"));
        expect(steps).toMatchObject({ whole: "update", "without-update": "update" });
        expect(log("whole")).toEqual(["create"]);
    });

    it("updates with the previous output, runs create again without an update, replaces on triggers", async () => {
        const { outputs, steps } = await stack.up(life("2"));
        expect(outputs.stdout?.value).toBe("two");
        expect(log("whole")).toEqual(["create", "update after one, problem"]);
        expect(log("without-update")).toEqual(["1", "2"]);
        expect(log("triggered")).toEqual(["create 1", "create 2", "delete 1"]);
        expect(steps.ignoring).toBeUndefined();
        expect(log("ignoring")).toEqual(["1 1"]);
    });

    it("runs delete with the last output at destroy", async () => {
        await stack.destroy();
        expect(log("whole").at(-1)).toBe("delete after two");
        expect(log("triggered").at(-1)).toBe("delete 2");
        expect(stack.resources()).toEqual({});
    });

    it("passes environment, input, folder and interpreter to a command", async () => {
        const { outputs } = await stack.up(async () => ({
            shell: new local.Command("shell", { create: "echo $0" }).stdout,
            bash: new local.Command("bash", {
                create: "echo $BASH $GREETING $HOME",
                interpreter: ["/bin/bash", "-c"],
                environment: { GREETING: "hello" },
            }).stdout,
            input: new local.Command("input", { create: "cat", stdin: "first\nsecond\n" }).stdout,
            folder: new local.Command("folder", { create: "pwd", dir: folder }).stdout,
        }));
        expect(outputs.shell?.value).toBe("/bin/sh");
        expect(outputs.bash?.value).toBe(`/bin/bash hello ${process.env.HOME}`);
        expect(outputs.input?.value).toBe("first\nsecond");
        expect(outputs.folder?.value).toBe(folder);
    });

    it("shows the output streams that `logging` names", async () => {
        const { stdout } = await stack.up(async () => {
            for (const logging of ["stdout", "stderr", "stdoutAndStderr", "none"] as const) {
                new local.Command(logging, { create: `printf ${logging}-out; printf ${logging}-err >&2`, logging });
            }
        });
        const shown = ["stdout", "stderr", "stdoutAndStderr", "none"].flatMap((logging) =>
            [`${logging}-out`, `${logging}-err`].filter((text) => stdout.includes(text)),
        );
        expect(shown).toEqual(["stdout-out", "stderr-err", "stdoutAndStderr-out", "stdoutAndStderr-err"]);
    });

    it("encrypts secrets in the state", async () => {
        const program = async () => ({
            secret: new local.Command(
                "secret",
                { create: "cat", stdin: pulumi.secret("hidden-input"), logging: "none" },
                { additionalSecretOutputs: ["stdout"] },
            ).stdout,
        });
        const { outputs } = await stack.up(program);
        expect(outputs.secret).toEqual({ value: "hidden-input", secret: true });
        expect(stack.rawState()).not.toContain("hidden-input");
        expect(await stack.preview(program)).toEqual({});
    });

    it("stores nothing of a failed command, and quotes its output", async () => {
        const output = await stack.failingUp(async () => {
            new local.Command("failing", {
                create: "echo the reason >&2; exit 3",
                delete: "touch undone",
                dir: folder,
            });
        });
        expect(output).toContain("exit status 3");
        expect(output).toContain("the reason");
        expect(stack.resources()).not.toHaveProperty("failing");
        await stack.destroy();
        expect(existsSync(join(folder, "undone"))).toBe(false);
    });

    it("ends a command that exceeds its timeout", async () => {
        const started = Date.now();
        await stack.failingUp(async () => {
            new local.Command("slow", { create: "exec sleep 600" }, { customTimeouts: { create: "1s" } });
        });
        expect(Date.now() - started).toBeLessThan(300_000);
        expect(stack.resources()).not.toHaveProperty("slow");
    });

    it("ends a command when the user interrupts, and leaves nothing of it", async () => {
        const interrupt = new AbortController();
        const up = stack.failingUp(async () => {
            new local.Command("interrupted", { create: "echo $$ >running; exec sleep 600", dir: folder });
        }, interrupt.signal);
        await until("the command", async () => /^\d+\n$/.test(readFileSync(join(folder, "running"), "utf8")));
        interrupt.abort();
        await up;
        expect(stack.resources()).not.toHaveProperty("interrupted");
        await until("the command's end", async () => !existsSync(`/proc/${log("running")[0]}`));
    });

    it("keeps a resource whose delete failed", async () => {
        const deleting = (script: string) => async () => {
            new local.Command("undeletable", { create: "true", delete: script, dir: folder });
        };
        await stack.up(deleting("echo not yet >&2; test -e released"));
        expect(await stack.failingDestroy()).toContain("not yet");
        expect(Object.keys(stack.resources())).toEqual(["undeletable"]);
        await stack.up(deleting("true"));
        await stack.destroy();
        expect(stack.resources()).toEqual({});
    });
});
