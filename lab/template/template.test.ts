import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Cell } from "../cell/cell";
import { recordFile } from "../checkpoint/record";
import { keyName } from "./key";
import { findTemplate, listTemplates, saveTemplate } from "./template";

vi.mock("../checkpoint/save", () => ({
    saveMachines: async (_: unknown, folder: string, { complete }: { complete: (path: string) => Promise<void> }) =>
        complete(folder),
}));
vi.mock("../checkpoint/stack-state", () => ({ saveStack: async () => {}, restoreStack: async () => {} }));

const key = { accelerator: "tcg", program: "1", QEMU: "7.2" } as const;

let state: string;
let folder: string;
let log: string[];

const find = () => findTemplate(key, (line) => log.push(line));

const writeRecord = (created: Date) =>
    writeFileSync(join(folder, "template.json"), JSON.stringify({ key, created: created.toISOString() }));

beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "templates-"));
    vi.stubEnv("LAB_STATE", state);
    log = [];
    folder = join(state, "templates", keyName(key));
    mkdirSync(join(folder, "memory"), { recursive: true });
    writeFileSync(join(folder, "memory", "lb"), "memory");
    const files = [{ path: join("memory", "lb"), size: 6 }];
    const machines = { guestTime: 1, domains: { lb: "running" }, networks: [], pool: "lab", files };
    writeFileSync(join(folder, recordFile), JSON.stringify(machines));
    writeRecord(new Date());
});

afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(state, { recursive: true });
});

describe("findTemplate", () => {
    it("finds the template with the key", async () => {
        expect(await find()).toMatchObject({ folder, key, damage: undefined });
        expect(log).toEqual([]);
    });

    it("finds none with another key", async () => {
        expect(await findTemplate({ ...key, QEMU: "8.0" }, () => {})).toBeUndefined();
    });

    it.each<[string, () => void, RegExp]>([
        ["a truncated memory file", () => truncateSync(join(folder, "memory", "lb"), 3), /memory\/lb is missing/],
        ["a missing memory file", () => rmSync(join(folder, "memory", "lb")), /memory\/lb is missing or truncated/],
        ["a truncated record", () => truncateSync(join(folder, recordFile), 20), /no complete saved lab/],
        ["no record", () => rmSync(join(folder, recordFile)), /no complete saved lab/],
        ["a wrong key", () => writeFileSync(join(folder, "template.json"), "[]"), /no readable template.json/],
        [
            "the key of another template",
            () =>
                writeFileSync(
                    join(folder, "template.json"),
                    JSON.stringify({ key: { ...key, QEMU: "8.0" }, created: "" }),
                ),
            /no readable template.json/,
        ],
        ["no key", () => rmSync(join(folder, "template.json")), /no readable template.json/],
    ])("builds without a template that has %s, and changes nothing", async (_, damage, message) => {
        damage();
        expect(await find()).toBeUndefined();
        expect(log.join("\n")).toMatch(message);
        expect(log.join("\n")).toContain(`Remove it: rm -r ${folder}`);
        expect(log.at(-1)).toContain("Building without it");
        expect(await listTemplates()).toMatchObject([{ damage: expect.stringMatching(message) }]);
    });

    it("uses a template that is 40 days old, and none that is older than 300", async () => {
        const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
        writeRecord(daysAgo(40));
        expect(await find()).toMatchObject({ folder });
        writeRecord(daysAgo(301));
        expect(await find()).toBeUndefined();
        expect(log.at(-1)).toContain("is 301 days old; its certificates expire after a year. Building");
    });
});

describe("saveTemplate", () => {
    let cell: Cell;
    const other = (name: string, used: Date) => {
        const path = join(state, "templates", name);
        cpSync(folder, path, { recursive: true });
        utimesSync(join(path, "template.json"), used, used);
    };
    const save = () => saveTemplate(cell, key, () => {});
    const names = async () => (await listTemplates()).map(({ name }) => name).sort();

    beforeEach(() => {
        cell = Cell.create("unit-test");
        other("older", new Date(Date.now() - 2000));
        other("old", new Date(Date.now() - 1000));
        // Used while this machine's clock was ahead.
        other("future", new Date(Date.now() + 86_400_000));
    });

    afterEach(() => cell.remove());

    it("removes the templates that were used least recently, and never the new one", async () => {
        await save();
        expect(await names()).toEqual([keyName(key), "future", "old"].sort());
        vi.stubEnv("LAB_TEMPLATES", "1");
        expect((await save()).name).toBe(keyName(key));
        expect(await names()).toEqual([keyName(key)]);
    });

    it.each(["0", "-1", "two", "1.5"])("rejects LAB_TEMPLATES=%s and removes nothing", async (limit) => {
        vi.stubEnv("LAB_TEMPLATES", limit);
        await expect(save()).rejects.toThrow(`LAB_TEMPLATES is ${limit}`);
        expect(await names()).toHaveLength(4);
    });

    it("keeps the default number with an empty LAB_TEMPLATES", async () => {
        vi.stubEnv("LAB_TEMPLATES", "");
        await save();
        expect(await names()).toHaveLength(3);
    });
});

it("does not list a template that is being written", async () => {
    mkdirSync(join(state, "templates", `${keyName(key)}.dev-1.partial`));
    expect((await listTemplates()).map(({ name }) => name)).toEqual([keyName(key)]);
    expect(readFileSync(join(folder, "memory", "lb"), "utf8")).toBe("memory");
});
