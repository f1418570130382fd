import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Cell, CellError } from "../cell/cell";
import { startLab, stopLab } from "../power/power";
import { listCheckpoints, loadCheckpoint, removeCheckpoint, saveCheckpoint } from "./checkpoints";
import { FakeDomains } from "./fake-domains";
import { interruptedOperation } from "./operation";
import { recordFile } from "./record";

let state: string;
let cell: Cell;
let libvirt: FakeDomains;
let log: string[];

vi.mock("../cell/libvirt", async () => ({
    virsh: (...args: Parameters<FakeDomains["virsh"]>) => libvirt.virsh(...args),
    virshNames: async (of: Cell, ...args: string[]) =>
        (await libvirt.virsh(of, [...args, "--name"])).split("\n").filter((name) => name !== ""),
    ensureLibvirt: async () => {},
}));
/** cp(1), without a process for each of hundreds of copies. */
vi.mock("../cell/run", () => ({
    succeed: async (command: string[]) => copyFileSync(command.at(-2) ?? "", command.at(-1) ?? ""),
}));
vi.mock("../cell/namespaces", () => ({ hasNamespaces: () => true, endNamespaces: async () => {} }));
/** Why the machines cannot start; default: nothing. */
const shortage = vi.hoisted(() => ({ message: "" }));
vi.mock("../cell/capacity", () => ({
    requireMemory: () => {
        if (shortage.message !== "") {
            throw new CellError(shortage.message);
        }
    },
}));
/** Whether no operation can be recorded, and the free disk that is reported. */
const disk = vi.hoisted(() => ({ isFull: false, free: undefined as number | undefined }));
vi.mock("node:fs/promises", async (original) => {
    const fs = await original<typeof import("node:fs/promises")>();
    return {
        ...fs,
        statfs: async (path: string) =>
            disk.free === undefined ? await fs.statfs(path) : { bavail: disk.free, bsize: 2 ** 20 },
    };
});
vi.mock("./operation", async (original) => {
    const operation = await original<typeof import("./operation")>();
    return {
        ...operation,
        beginOperation: (...args: Parameters<typeof operation.beginOperation>) => {
            if (disk.isFull && args[1].kind === "resume") {
                throw new Error("ENOSPC: no space left on device, write");
            }
            operation.beginOperation(...args);
        },
    };
});
vi.mock("./stack-state", () => ({ saveStack: async () => {}, restoreStack: async () => {} }));

const write = (line: string) => void log.push(line);
const start = () => startLab(cell, write);
const stop = () => stopLab(cell, write);
const save = (name: string) => saveCheckpoint(cell, name, write);
const load = (name: string) => loadCheckpoint(cell, name, write);
const checkpoint = (...path: string[]) => join(cell.folder, "checkpoints", ...path);
const checkpoints = async () => (await listCheckpoints(cell)).map(({ name }) => name);
const running = { one: "running", two: "running" };

beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "interruption-"));
    vi.stubEnv("LAB_STATE", state);
    cell = Cell.create("unit-test");
    libvirt = new FakeDomains(cell, Object.keys(running));
    log = [];
});

afterEach(() => {
    cell.remove();
    vi.unstubAllEnvs();
    rmSync(state, { recursive: true });
});

/** The lab runs, no memory was used with another disk, and no operation and no file of one is left. */
function expectRunningLab(): void {
    expect(libvirt.states()).toEqual(running);
    expect(libvirt.corrupted).toEqual([]);
    expect(interruptedOperation(cell)).toBeUndefined();
    const files = readdirSync(cell.folder, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => /partial|stopped/.test(name))).toEqual([]);
}

interface Killed {
    prepare?: () => Promise<unknown>;
    command: () => Promise<unknown>;
}

const killed: Record<string, Killed> = {
    "lab snapshot": { command: () => save("noon") },
    "lab snapshot in place of an earlier one": { prepare: () => save("noon"), command: () => save("noon") },
    "lab reset": { prepare: () => save("noon"), command: () => load("noon") },
    "lab stop": { command: stop },
    "lab start": { prepare: stop, command: start },
};

describe.each(Object.entries(killed))("%s", (_, { prepare, command }) => {
    it.each([
        ["", () => {}],
        [" and a reboot", () => libvirt.reboot()],
    ])("is completed by the next command after a kill at any call of virsh%s", async (_, reboot) => {
        for (let at = 0, wasKilled = true; wasKilled; at++) {
            for (const after of [false, true]) {
                await start();
                await prepare?.();
                const before = await checkpoints();
                wasKilled = await libvirt.killed(at, after, command);
                const moment = `a kill ${after ? "after" : "before"} ${libvirt.calls.at(-1)}`;
                reboot();
                try {
                    await start();
                    expectRunningLab();
                    expect(await checkpoints()).toEqual(expect.arrayContaining(before));
                } catch (error) {
                    throw new Error(`after ${moment}: ${error}`, { cause: error });
                }
            }
        }
    });
});

describe("a failure", () => {
    it("of a save leaves a running lab and the earlier checkpoint", async () => {
        await save("noon");
        const { mtimeMs } = statSync(checkpoint("noon", recordFile));
        libvirt.failing = ["save two"];
        await expect(save("noon")).rejects.toThrow("save two");
        expectRunningLab();
        expect(statSync(checkpoint("noon", recordFile)).mtimeMs).toBe(mtimeMs);
    });

    it("of a save that libvirtd still performs is awaited before the machines continue", async () => {
        libvirt.failing = ["save two"];
        libvirt.busy = ["two"];
        await expect(save("noon")).rejects.toThrow("save two");
        expect(libvirt.busy).toEqual([]);
        expectRunningLab();
    });

    it("of all machines to start keeps their memory", async () => {
        await stop();
        libvirt.failing = ["restore", "start"];
        await expect(start()).rejects.toThrow("virsh start");
        expect(log.filter((line) => line.includes("boot"))).toEqual([]);
        libvirt.failing = [];
        expect(await start()).toBe("was running");
        expect(log.filter((line) => line.includes("boot"))).toEqual([]);
        expectRunningLab();
    });

    it("because the disk is short of a copy changes nothing", async () => {
        await save("noon");
        disk.free = 0;
        await expect(load("noon")).rejects.toThrow(
            /needs 1 MiB in .*, 0 MiB are free\. Remove saved labs: lab templates/,
        );
        await expect(save("noon")).rejects.toThrow(/needs up to 2 MiB in .*, 0 MiB are free\. Remove saved labs/);
        disk.free = undefined;
        expectRunningLab();
    });

    it("because memory is short changes nothing", async () => {
        await stop();
        shortage.message = "100 MiB are missing";
        await expect(start()).rejects.toThrow(shortage.message);
        shortage.message = "";
        expect(await start()).toBe("memory");
        expectRunningLab();
    });

    it("of a machine to write to a full disk ends with lab start; a machine that was paused on purpose stays", async () => {
        for (const [name, reason] of [
            ["one", "paused (I/O error)"],
            ["two", "paused (user)"],
        ] as const) {
            await libvirt.virsh(cell, ["suspend", name]);
            libvirt.reasons[name] = reason;
        }
        expect(await start()).toBe("was running");
        expect(libvirt.states()).toEqual({ one: "running", two: "paused" });
    });

    it("of one machine to restore makes it boot, with the reason", async () => {
        await stop();
        libvirt.failing = [`restore ${join(cell.stopped, "memory", "one")}`];
        expect(await start()).toBe("memory");
        expect(log.at(-1)).toMatch(/^one booted from its disk, because its memory cannot be restored: .*restore/);
        expectRunningLab();
    });

    it("of one machine to start does not affect the others", async () => {
        await stop();
        libvirt.failing = [`restore ${join(cell.stopped, "memory", "one")}`, "start one"];
        await expect(start()).rejects.toThrow("virsh start one");
        expect(libvirt.states()).toEqual({ one: "shut off", two: "running" });
        libvirt.failing = [];
        await start();
        expectRunningLab();
    });

    it("to write the record of the operation on a full disk leaves no machine paused", async () => {
        libvirt.failing = ["save two"];
        disk.isFull = true;
        await expect(save("noon")).rejects.toThrow();
        disk.isFull = false;
        expectRunningLab();
    });
});

describe("memory of an earlier checkpoint", () => {
    /** Kills `lab snapshot noon` when both machines are saved. */
    async function killSave(): Promise<void> {
        await save("noon");
        expect(await libvirt.killed(3, true, () => save("noon"))).toBe(true);
        expect(libvirt.states()).toEqual({ one: "shut off", two: "shut off" });
    }

    it("is not used when the interrupted save is followed by a reset to a damaged checkpoint", async () => {
        await save("damaged");
        rmSync(checkpoint("damaged", "memory", "one"));
        await killSave();
        await expect(load("damaged")).rejects.toThrow("memory/one is missing");
        await start();
        expect(log.filter((line) => line.includes("boot"))).toEqual([]);
        expectRunningLab();
    });

    it("is not used when the interrupted save was removed", async () => {
        await killSave();
        rmSync(checkpoint(`noon.${cell.id}.partial`), { recursive: true });
        await start();
        expectRunningLab();
    });
});

it("names the remedy when the checkpoint that an interrupted reset was restoring is damaged", async () => {
    await save("noon");
    await save("evening");
    expect(await libvirt.killed(0, true, () => load("noon"))).toBe(true);
    rmSync(checkpoint("noon", "memory", "one"));
    await expect(start()).rejects.toThrow(
        /memory\/one is missing.*rm -r .*noon\nThen restore another state: .*lab reset/s,
    );
    await load("evening");
    expectRunningLab();
});

it("names the remedy for a damaged record of an operation, and a reset succeeds", async () => {
    await save("noon");
    writeFileSync(join(cell.folder, "operation.json"), "");
    await expect(start()).rejects.toThrow(/operation\.json, is damaged.*\n.*lab --stack unit-test reset/);
    await load("noon");
    expectRunningLab();
});

it("lists a checkpoint without a record, which can be removed, and loads another one", async () => {
    await save("noon");
    await save("damaged");
    rmSync(checkpoint("damaged", recordFile));
    expect((await checkpoints()).sort()).toEqual(["damaged", "noon"]);
    await expect(load("damaged")).rejects.toThrow("contains no complete saved lab");
    await load("noon");
    await removeCheckpoint(cell, "damaged");
    expect(await checkpoints()).toEqual(["noon"]);
});
