import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { Cell, cellIds, ownCellIds, removeRemains } from "./cell";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cells-"));
    vi.stubEnv("LAB_STATE", folder);
});

afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
});

it("is found again by its stack until it is removed", () => {
    const cell = Cell.create("unit-test");
    try {
        expect(Cell.of("unit-test")?.id).toBe(cell.id);
        expect(cellIds()).toEqual([cell.id]);
    } finally {
        cell.remove();
    }
    expect(Cell.of("unit-test")).toBeUndefined();
    expect(cellIds()).toEqual([]);
});

it("keeps changes of its record", () => {
    const cell = Cell.create("unit-test");
    cell.update({ clockOffset: -60 });
    expect(Cell.open(cell.id)?.record).toMatchObject({ stack: "unit-test", clockOffset: -60 });
    cell.remove();
});

it("has another ID for each creation, so that equal stack names do not collide", () => {
    const [one, other] = [Cell.create("unit-test"), Cell.create("unit-test")];
    expect(one.id).not.toBe(other.id);
    one.remove();
    expect(Cell.of("unit-test")?.id).toBe(other.id);
    other.remove();
});

it("is not opened with a damaged record, but listed", () => {
    const cell = Cell.create("unit-test");
    writeFileSync(join(cell.folder, "cell.json"), "{");
    expect(Cell.open(cell.id)).toBeUndefined();
    expect(cellIds()).toEqual([cell.id]);
    cell.remove();
    expect(existsSync(cell.folder)).toBe(false);
});

it("lets one command at a time work on it", async () => {
    const cell = Cell.create("unit-test");
    const order: string[] = [];
    const work = (name: string) => async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push(`${name} ends`);
    };
    await Promise.all([cell.locked(work("one")), cell.locked(work("other"))]);
    expect(order[1]?.split(" ")[0]).toBe(order[0]?.split(" ")[0]);
    cell.remove();
});

it("has the record that the command before it wrote", async () => {
    const [one, other] = [Cell.create("unit-test"), Cell.of("unit-test") as Cell];
    await one.locked(async () => one.update({ clockOffset: -60 }));
    await other.locked(async () => other.update({ exposed: [] }));
    expect(Cell.of("unit-test")?.record.clockOffset).toBe(-60);
    one.remove();
});

it("is not made again by a command that waited while it was removed", async () => {
    const [one, other] = [Cell.create("unit-test"), Cell.of("unit-test") as Cell];
    const work = vi.fn();
    const waiting = one.locked(async () => {
        const result = expect(other.locked(work)).rejects.toThrow(`Another command removed the cell ${one.id}.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        one.remove();
        return () => result;
    });
    await (await waiting)();
    await expect(other.locked(work)).rejects.toThrow(`Another command removed the cell ${one.id}.`);
    expect(work).not.toHaveBeenCalled();
    expect(existsSync(one.folder)).toBe(false);
});

it("is not listed when its removal was interrupted, and its files are removed", () => {
    const cell = Cell.create("unit-test");
    renameSync(cell.folder, `${cell.folder}.removed`);
    expect(cellIds()).toEqual([]);
    removeRemains();
    expect(readdirSync(join(folder, "cells"))).toEqual([]);
    Cell.create("unit-test").remove();
});

it("belongs to the clone that created it, to this one when that was moved here, and not to a copy", () => {
    const cell = Cell.create("unit-test");
    expect(cell.repository).toBe(repositoryRoot);
    expect(ownCellIds()).toEqual([cell.id]);
    // Another clone was created at the path before the move.
    const other = join(folder, "other clone");
    mkdirSync(join(other, ".lab", "cells"), { recursive: true });
    cell.update({ repository: other });
    expect(cell.repository).toBe(repositoryRoot);
    expect(ownCellIds()).toEqual([cell.id]);
    // A copy contains the pointer as well.
    writeFileSync(join(other, ".lab", "cells", "unit-test"), `${cell.id}\n`);
    expect(cell.repository).toBe(other);
    expect(ownCellIds()).toEqual([]);
    cell.remove();
});
