import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localHost } from "./host-facts.ts";

describe("localHost", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "host-facts-"));
    });

    afterEach(() => {
        vi.unstubAllEnvs();
        rmSync(folder, { recursive: true });
    });

    it("runs a program with its input, in English and without a terminal", async () => {
        const script = 'cat; echo "$LC_ALL"; tty; echo problem >&2; exit 3';
        expect(await localHost.run("sh", ["-c", script], { input: "input\n" })).toEqual({
            exitCode: 3,
            stdout: "input\nC\nnot a tty\n",
            stderr: "problem\n",
        });
    });

    it("has the signal that ended a program in its exit code", async () => {
        expect(await localHost.run("sh", ["-c", "kill -ABRT $$"])).toMatchObject({ exitCode: 134 });
    });

    it("ends a program and its children at the deadline", async () => {
        const pidFile = join(folder, "pid");
        const start = Date.now();
        const { exitCode, stderr } = await localHost.run("sh", ["-c", `sleep 60 & echo $! >${pidFile}; wait`], {
            deadline: 0.5,
        });
        expect({ exitCode, stderr }).toEqual({ exitCode: undefined, stderr: "sh did not end within 0.5 s" });
        expect(Date.now() - start).toBeLessThan(5000);
        const child = localHost.readText(pidFile)?.trim() ?? "";
        await vi.waitFor(() => expect(localHost.readText(`/proc/${child}/stat`) ?? "Z").toContain("Z"));
    });

    it("reports a program that is not installed", async () => {
        expect(await localHost.run("no-such-program", [])).toEqual({
            exitCode: undefined,
            stdout: "",
            stderr: "no-such-program is not installed",
        });
        expect(localHost.findProgram("no-such-program")).toBeUndefined();
        expect(localHost.findProgram("sh")).toMatch(/\/sh$/);
    });

    it("has no content and no metadata of a missing file", () => {
        expect(localHost.readText(join(folder, "missing"))).toBeUndefined();
        expect(localHost.stat(join(folder, "missing"))).toBeUndefined();
        expect(localHost.stat(folder)?.uid).toBe(process.geteuid?.());
    });

    it("writes a file of a cache and its folders, and ignores where it cannot", () => {
        localHost.writeText(join(folder, "new", "file"), "content");
        expect(localHost.readText(join(folder, "new", "file"))).toBe("content");
        localHost.writeText(join(folder, "new", "file", "below"), "content");
        expect(localHost.glob(join(folder, "new", "*"))).toEqual([join(folder, "new", "file")]);
    });

    it("opens devices and reports why it cannot", () => {
        writeFileSync(join(folder, "device"), "");
        expect(localHost.openDevice(join(folder, "device"))).toBeUndefined();
        expect(localHost.openDevice(join(folder, "missing"))).toBe("ENOENT");
    });

    it("connects to sockets and reports why it cannot", async () => {
        const path = join(folder, "socket");
        const server = createServer().listen(path);
        await vi.waitFor(async () => expect(await localHost.connect(path)).toBeUndefined());
        server.close();
        expect(await localHost.connect(join(folder, "missing"))).toBe("ENOENT");
    });

    it("measures memory and disk in MiB", async () => {
        const [, kib] = /^MemTotal:\s+(\d+)/m.exec(localHost.readText("/proc/meminfo") ?? "") ?? [];
        expect(localHost.freeMemory()).toBeGreaterThan(50);
        expect(localHost.freeMemory()).toBeLessThanOrEqual(Number(kib) / 1024);
        const df = spawnSync("df", ["--block-size=1M", "--output=avail", folder], { encoding: "utf8" });
        expect(Math.abs((await localHost.freeDisk(folder)) - Number(df.stdout.split("\n")[1]))).toBeLessThan(1024);
    });

    describe("openTunnel", () => {
        /** A program in place of ssh(1), first on the path. */
        const tunnelOf = async (script: string, deadline: number) => {
            writeFileSync(join(folder, "ssh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
            vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
            vi.resetModules();
            const { localHost: host } = await import("./host-facts.ts");
            return host.openTunnel(["-l", "root", "server"], "/run/remote", deadline);
        };

        it("has a local socket when ssh connects, and ends ssh afterwards", async () => {
            const script = `echo $$ >${folder}/pid; echo "$*" >&2; touch "\${3%%:*}"; exec sleep 60`;
            const tunnel = await tunnelOf(script, 10);
            const messages = `-N -L ${tunnel.socket}:/run/remote -l root server`;
            await vi.waitFor(() => expect(tunnel.messages()).toBe(messages));
            const pid = localHost.readText(join(folder, "pid"))?.trim();
            await tunnel.close();
            expect(localHost.stat(`/proc/${pid}`)).toBeUndefined();
            expect(localHost.stat(tunnel.socket ?? "")).toBeUndefined();
        });

        it("has none when ssh ends, or does not connect in time", async () => {
            const refused = await tunnelOf("echo refused >&2; exit 255", 10);
            expect([refused.socket, refused.messages()]).toEqual([undefined, "refused"]);
            const slow = await tunnelOf("exec sleep 60", 0.2);
            expect([slow.socket, slow.messages()]).toEqual([undefined, "no connection within 0.2 s"]);
            await Promise.all([refused.close(), slow.close()]);
        });
    });
});
