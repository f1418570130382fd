import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileBackendFolder, readLocks, releaseLock } from "./locks";

describe("fileBackendFolder", () => {
    it.each([
        ["file:///srv/state", "/srv/state"],
        ["file:///srv/a%20b", "/srv/a b"],
        ["file:///srv/a b?no_tmp_dir=true", "/srv/a b"],
        ["file://./state", "/clone/state"],
        ["file://~", homedir()],
        ["file://~/state", join(homedir(), "state")],
        ["s3://bucket", undefined],
        ["https://api.pulumi.com", undefined],
        ["", undefined],
    ])("maps %s to %s", (url, folder) => {
        expect(fileBackendFolder(url, "/clone")).toBe(folder);
    });
});

describe("readLocks", () => {
    let folder: string;
    let running: ChildProcess | undefined;

    const lock = async (stack: string, content: object | string) => {
        const directory = join(folder, ".pulumi", "locks", "organization", "certificate-lab", stack);
        await mkdir(directory, { recursive: true });
        await writeFile(join(directory, "lock.json"), typeof content === "string" ? content : JSON.stringify(content));
    };

    const endedProcess = async () => {
        const child = spawn("true");
        await once(child, "exit");
        return child.pid ?? 0;
    };

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "locks-"));
    });

    afterEach(async () => {
        running?.kill();
        running = undefined;
        await rm(folder, { recursive: true });
    });

    it("reads the lock of a process that has ended, and releases it", async () => {
        const pid = await endedProcess();
        await lock("dev", { pid, hostname: hostname() });
        await lock("dev-2", { pid, hostname: hostname() });
        const locks = await readLocks(folder, "dev");
        expect(locks).toMatchObject([{ pid, held: false }]);
        await Promise.all(locks.map(releaseLock));
        expect(await readLocks(folder, "dev")).toEqual([]);
        expect(await readLocks(folder, "dev-2")).toHaveLength(1);
    });

    it("reads the lock of a running update as held", async () => {
        const pulumi = join(folder, "pulumi");
        await copyFile("/bin/sleep", pulumi);
        running = spawn(pulumi, ["600"]);
        await once(running, "spawn");
        await lock("dev", { pid: running.pid, hostname: hostname() });
        expect(await readLocks(folder, "dev")).toMatchObject([{ held: true }]);
    });

    it("does not take another program with the same process number for the update", async () => {
        await lock("dev", { pid: process.pid, hostname: hostname() });
        expect(await readLocks(folder, "dev")).toMatchObject([{ held: false }]);
    });

    it("reads the lock of another machine as held", async () => {
        await lock("dev", { pid: await endedProcess(), hostname: "elsewhere" });
        expect(await readLocks(folder, "dev")).toMatchObject([{ held: true }]);
    });

    it("reads an incomplete lock as not held", async () => {
        await lock("dev", "");
        expect(await readLocks(folder, "dev")).toMatchObject([{ pid: undefined, held: false }]);
    });

    it("reads no lock of a stack without one", async () => {
        expect(await readLocks(folder, "dev")).toEqual([]);
        expect(await readdir(folder)).toEqual([]);
    });
});
