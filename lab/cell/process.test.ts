import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { childrenOf, identify, isAlive, kill, networkNamespace, processesIn } from "./process";

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

it("does nothing to a process that does not exist", () => {
    expect(() => kill(2 ** 22 + 1)).not.toThrow();
});
