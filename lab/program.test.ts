import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repositoryRoot } from "../infra/config/config-files";
import { RefusedError } from "./lib/refused-error";
import { run } from "./lib/run";
import { UnreachableError } from "./lib/unreachable-error";
import { labProgram } from "./program";
import { runProgram } from "./run-program";

vi.mock("./cell/enter", () => ({ enterCell: async () => {}, usesCell: () => false, isInCell: () => true }));
const showStatus = vi.hoisted(() => vi.fn());
vi.mock("./lib/stack", () => ({ readStack: showStatus }));

describe("lab", () => {
    const messages: string[] = [];

    beforeEach(() => {
        messages.length = 0;
        vi.spyOn(console, "error").mockImplementation((message) => messages.push(message));
        vi.spyOn(process.stderr, "write").mockReturnValue(true);
        vi.spyOn(process.stdout, "write").mockReturnValue(true);
    });

    afterEach(() => {
        process.exitCode = undefined;
        vi.restoreAllMocks();
    });

    it.each([["nonsense"], ["status", "--nonsense"], ["status", "extra"], []])(
        "ends with 4 for lab %s %s",
        async (...args) => {
            await runProgram(args);
            expect(process.exitCode).toBe(4);
        },
    );

    it("ends with 0 for help", async () => {
        await runProgram(["--help"]);
        expect(process.exitCode).toBe(0);
    });

    it("ends with 1 and the message when a command is refused", async () => {
        showStatus.mockRejectedValue(new RefusedError("Choose another name."));
        await runProgram(["status"]);
        expect([process.exitCode, messages]).toEqual([1, ["Choose another name."]]);
    });

    it("ends with 3 and the message when the lab does not respond", async () => {
        showStatus.mockRejectedValue(new UnreachableError("There is no stack.\nBuild a lab: make up"));
        await runProgram(["status"]);
        expect([process.exitCode, messages]).toEqual([3, ["There is no stack.\nBuild a lab: make up"]]);
    });

    it("ends with 4 and one line for any other error", async () => {
        showStatus.mockRejectedValue(new TypeError("x is not\na function"));
        await runProgram(["status"]);
        expect([process.exitCode, messages]).toEqual([4, ["lab failed: x is not a function"]]);
    });

    it("documents the exit codes of every command", () => {
        for (const command of labProgram().commands) {
            let help = "";
            command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
            expect(help, command.name()).toContain("Exit codes:");
            expect(command.summary(), command.name()).toMatch(/^.+$/);
            expect(command.helpGroup(), command.name()).not.toBe("");
        }
    });
});

it("ends with 4 when it cannot start", async () => {
    const withoutCommander = `data:text/javascript,
        import Module from "node:module";
        const load = Module._load;
        Module._load = (id, ...rest) => {
            if (id === "commander") throw new Error("Cannot find commander");
            return load(id, ...rest);
        };`;
    const args = ["--import", "tsx", "--import", withoutCommander, join(repositoryRoot, "lab", "main.ts"), "status"];
    const { exitCode, stderr } = await run(process.execPath, args, { cwd: repositoryRoot });
    expect([exitCode, stderr]).toEqual([4, "lab failed: Cannot find commander"]);
});

it("ends with 4 without the compiler", async () => {
    const withoutTsx = `data:text/javascript,
        import { registerHooks } from "node:module";
        registerHooks({ resolve(name, context, next) {
            if (name === "tsx") throw new Error("Cannot find tsx.");
            return next(name, context);
        } });`;
    const args = ["--import", withoutTsx, join(repositoryRoot, "lab", "start.mjs"), "check"];
    const { exitCode, stderr } = await run(process.execPath, args);
    expect([exitCode, stderr]).toEqual([4, "lab failed: Cannot find tsx. Install the packages again: make setup"]);
});

it("starts without Pulumi's SDK, which takes a second to load", async () => {
    const script = `require("./lab/program"); console.log(Object.keys(require.cache).join("\\n"))`;
    const { stdout } = await run(process.execPath, ["--import", "tsx", "--eval", script], { cwd: repositoryRoot });
    expect(stdout).toContain("commander");
    expect(stdout).not.toContain("@pulumi/pulumi/index.js");
});
