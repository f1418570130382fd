import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { privateDirectory, removePrivateDirectory, sharedConnection } from "./ssh";

it("reads no configuration of the operator and forwards nothing", () => {
    const options = sharedConnection("/private");
    expect(options.slice(0, 2)).toEqual(["-F", "none"]);
    for (const option of [
        "IdentityAgent=none",
        "ForwardAgent=no",
        "ClearAllForwardings=yes",
        "StrictHostKeyChecking=yes",
        "UserKnownHostsFile=/private/known_hosts",
    ]) {
        expect(options).toContain(option);
    }
});

describe("a private directory", () => {
    const directories: string[] = [];
    afterEach(() => Promise.all(directories.splice(0).map(removePrivateDirectory)));

    it("is removed", async () => {
        const directory = await privateDirectory();
        expect(existsSync(directory)).toBe(true);
        await removePrivateDirectory(directory);
        expect(existsSync(directory)).toBe(false);
    });

    it.each(["SIGINT", "SIGTERM", "SIGHUP", "error"])("is removed at the end of the process by %s", async (ending) => {
        const program =
            `require(${JSON.stringify(join(__dirname, "ssh.ts"))}).privateDirectory().then((directory) => {` +
            `console.log(directory); if (${ending === "error"}) throw new Error("failed"); setInterval(() => {}, 1000) })`;
        const loader = require.resolve("tsx/cjs");
        const child = spawn(process.execPath, ["--require", loader, "--eval", program], {
            stdio: ["ignore", "pipe", "ignore"],
        });
        child.stdout.once("data", () => ending !== "error" && child.kill(ending as NodeJS.Signals));
        const [directory, [exitCode, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
        expect(directory).toMatch(/lab-/);
        expect(existsSync(directory.trim())).toBe(false);
        expect(ending === "error" ? exitCode : signal).toBe(ending === "error" ? 1 : ending);
    });
});
