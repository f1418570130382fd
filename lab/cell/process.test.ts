import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { childrenOf, identify, isAlive, kill, networkNamespace, processesIn, processesWithMount } from "./process";

it("identifies a process until it ends", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identify(child.pid ?? -1);
    expect(identity && isAlive(identity)).toBe(true);
    expect(childrenOf(process.pid)).toContain(child.pid);
    kill(child.pid ?? -1);
    await once(child, "exit");
    expect(identity && isAlive(identity)).toBe(false);
    expect(identify(child.pid ?? -1)).toBeUndefined();
});

it("tells a process from an earlier one with its ID", () => {
    const own = identify(process.pid);
    expect(own && isAlive(own)).toBe(true);
    expect(own && isAlive({ ...own, startTime: "1" })).toBe(false);
    expect(own && isAlive({ ...own, boot: "another boot" })).toBe(false);
});

it("finds this process in its network namespace", () => {
    expect(processesIn(networkNamespace(process.pid) ?? "")).toContain(process.pid);
});

it("finds the processes that have a folder mounted", () => {
    const proc = mkdtempSync(join(tmpdir(), "proc-"));
    const mount = (pid: string, ...lines: string[]) => {
        mkdirSync(join(proc, pid));
        writeFileSync(join(proc, pid, "mountinfo"), `${lines.join("\n")}\n`);
    };
    const line = (root: string, target: string) => `36 35 98:0 ${root} ${target} rw - ext4 /dev/sda1 rw`;
    mount("1", line("/", "/"));
    mount("20", line("/", "/"), line("/home/a\\040b/cells/dev-1/lib", "/var/lib/libvirt"));
    mount("21", line("/home/a/cells/dev-12/lib", "/var/lib/libvirt"));
    mkdirSync(join(proc, "22"));
    expect(processesWithMount("/cells/dev-1/lib", "/var/lib/libvirt", proc)).toEqual([20]);
    rmSync(proc, { recursive: true });
});

it("does nothing to a process that does not exist", () => {
    expect(() => kill(2 ** 22 + 1)).not.toThrow();
});
