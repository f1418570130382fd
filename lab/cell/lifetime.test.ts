import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { beginOperation } from "../checkpoint/operation";
import { recordFile } from "../checkpoint/record";
import { type Deployment, PulumiError } from "../lib/pulumi";
import { discardCell } from "../template/start-lab";
import { Cell, cellIds } from "./cell";
import { openCell, removeCell, removeIfEmpty } from "./lifetime";

const stack = "unit-test";

const fakes = vi.hoisted(() => ({
    start: async () => {},
    /** Libvirt's objects. */
    names: [] as string[],
    commands: [] as number[],
    state: undefined as Deployment | undefined,
}));
vi.mock("../power/power", () => ({ startLab: () => fakes.start() }));
vi.mock("./libvirt", () => ({ virshNames: async () => fakes.names, ensureLibvirt: async () => {} }));
vi.mock("./namespaces", () => ({
    hasNamespaces: () => true,
    endNamespaces: async () => {},
    commandsIn: () => fakes.commands,
}));
vi.mock("../lib/pulumi", async (original) => ({
    ...(await original<typeof import("../lib/pulumi")>()),
    exportStack: async () => {
        if (fakes.state === undefined) {
            throw new PulumiError("no stack named unit-test");
        }
        return fakes.state;
    },
}));

const empty: Deployment = { version: 3, deployment: {} };
const urn = (type: string) => `urn:pulumi:${stack}::certificate-lab::${type}::any`;
const resource = (type: string, name: string) => ({ urn: urn(type), type, inputs: { name }, outputs: {} });
const root = resource("pulumi:pulumi:Stack", "any");
const built: Deployment = {
    version: 3,
    deployment: { resources: [root, resource("libvirt:index/network:Network", "certificate-lab-front")] },
};

let state: string;
const open = () => openCell(stack, { log: () => {} });

beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "lifetime-"));
    vi.stubEnv("LAB_STATE", state);
    Object.assign(fakes, { start: async () => {}, names: [], commands: [], state: undefined });
});

afterEach(() => {
    Cell.of(stack)?.remove();
    vi.unstubAllEnvs();
    rmSync(state, { recursive: true });
});

it.each([
    ["that does not exist", undefined],
    ["that is empty", empty],
    ["whose update ended before it created a libvirt object", { version: 3, deployment: { resources: [root] } }],
])("creates a cell for a stack %s", async (_, deployment) => {
    fakes.state = deployment;
    expect((await open()).id).toBe(Cell.of(stack)?.id);
});

it("creates no empty cell for a stack whose cell was removed, and names the remedy", async () => {
    fakes.state = built;
    await expect(open()).rejects.toThrow(
        /the stack unit-test contains a lab.*no cell.*\n.*pulumi stack rm --force --preserve-config --yes unit-test/s,
    );
    expect(cellIds()).toEqual([]);
});

it("removes a new cell that does not start, and keeps an existing one", async () => {
    fakes.start = async () => {
        throw new Error("no namespaces");
    };
    await expect(open()).rejects.toThrow("no namespaces");
    expect(cellIds()).toEqual([]);
    const { id } = Cell.create(stack);
    await expect(open()).rejects.toThrow("no namespaces");
    expect(cellIds()).toEqual([id]);
});

it("removes an empty cell, unless a command of bin/pulumi works in it", async () => {
    const cell = await open();
    fakes.commands = [17];
    await removeIfEmpty(cell);
    expect(existsSync(cell.folder)).toBe(true);
    fakes.commands = [];
    fakes.names = ["certificate-lab"];
    await removeIfEmpty(cell);
    expect(existsSync(cell.folder)).toBe(true);
    fakes.names = [];
    await removeIfEmpty(cell);
    expect(existsSync(cell.folder)).toBe(false);
    await removeIfEmpty(cell); // lab cells --remove has removed it
});

it("removes the incomplete template of an interrupted save, and returns the earlier one", async () => {
    const cell = await open();
    const folder = join(state, "templates", "key");
    const partial = `${folder}.${cell.id}.partial`;
    mkdirSync(join(partial, "memory"), { recursive: true });
    mkdirSync(`${partial}.earlier`);
    writeFileSync(join(`${partial}.earlier`, recordFile), "{}");
    beginOperation(cell, { kind: "save", partial, folder, domains: {} });
    await removeCell(cell);
    expect(readdirSync(join(state, "templates"), { recursive: true })).toEqual(["key", `key/${recordFile}`]);
});

it("discards the cell of an empty stack, but no lab that another command is building or has built", async () => {
    const { folder } = Cell.create(stack);
    fakes.state = empty;
    fakes.commands = [17];
    await expect(discardCell(stack)).rejects.toThrow("Process 17 works on the lab of the stack unit-test");
    fakes.commands = [];
    fakes.state = built;
    await expect(discardCell(stack)).rejects.toThrow("Another command built the lab of the stack unit-test");
    expect(existsSync(folder)).toBe(true);
    fakes.state = empty;
    await discardCell(stack);
    expect(existsSync(folder)).toBe(false);
});
