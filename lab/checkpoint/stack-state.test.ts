import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { projectName } from "../../infra/config/project";
import { Cell } from "../cell/cell";
import { type Deployment, exportStack, importStack } from "../lib/pulumi";
import { requireNoUpdate, restoreStack } from "./stack-state";

vi.mock("../lib/pulumi", async (original) => ({
    ...(await original<object>()),
    importStack: vi.fn(),
    exportStack: vi.fn(),
}));

let backend: string;
let locks: string;

beforeEach(() => {
    backend = mkdtempSync(join(tmpdir(), "backend-"));
    locks = join(backend, ".pulumi", "locks", "organization", projectName, "unit-test");
    mkdirSync(locks, { recursive: true });
    vi.stubEnv("PULUMI_BACKEND_URL", `file://${backend}`);
});

afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(backend, { recursive: true });
});

it("releases the lock of an update that was killed", async () => {
    const lock = join(locks, "1.json");
    writeFileSync(lock, JSON.stringify({ pid: 2 ** 22 + 1, hostname: hostname() }));
    await requireNoUpdate("unit-test");
    expect(existsSync(lock)).toBe(false);
});

it("rejects while an update is running", async () => {
    writeFileSync(join(locks, "1.json"), JSON.stringify({ pid: 17, hostname: "another machine" }));
    await expect(requireNoUpdate("unit-test")).rejects.toThrow("Process 17 updates the stack unit-test");
});

describe("restoreStack", () => {
    let cell: Cell;
    let folder: string;
    const stateFile = () => join(backend, ".pulumi", "stacks", projectName, "unit-test.json");

    beforeEach(() => {
        vi.stubEnv("LAB_STATE", join(backend, "cells"));
        cell = Cell.create("unit-test");
        folder = mkdtempSync(join(backend, "saved-"));
        mkdirSync(dirname(stateFile()), { recursive: true });
        // Pulumi's file differs from the exported state, and from one import to the next.
        vi.mocked(importStack).mockReset();
        vi.mocked(importStack).mockImplementation(async () => writeFileSync(stateFile(), randomUUID()));
        vi.mocked(exportStack).mockResolvedValue(deployment("of the stack"));
    });

    afterEach(() => cell.remove());

    const deployment = (created: string): Deployment => ({
        version: 3,
        deployment: { manifest: { time: created }, secrets_providers: { type: "passphrase" } },
    });
    const save = (created: string) => writeFileSync(join(folder, "stack.json"), JSON.stringify(deployment(created)));
    const imported = () => vi.mocked(importStack).mock.calls.length;

    it("restores nothing from a folder without a stack", async () => {
        await restoreStack(cell, folder);
        expect(imported()).toBe(0);
    });

    it("imports a template's state again after the stack or the template has changed, and only then", async () => {
        save("2026-01-01");
        await restoreStack(cell, folder);
        await restoreStack(cell, folder);
        expect(imported()).toBe(1);
        writeFileSync(stateFile(), "after an update");
        await restoreStack(cell, folder);
        await restoreStack(cell, folder);
        expect(imported()).toBe(2);
        save("2026-01-02");
        await restoreStack(cell, folder);
        expect(imported()).toBe(3);
    });

    it("imports a snapshot's state when the stack has changed since it was saved", async () => {
        save("2026-01-01");
        writeFileSync(stateFile(), "as it was saved");
        const state = createHash("sha256").update("as it was saved").digest("hex");
        writeFileSync(join(folder, "stack-record.json"), JSON.stringify({ state, settings: null }));
        await restoreStack(cell, folder);
        expect(imported()).toBe(0);
        writeFileSync(stateFile(), "after an update");
        await restoreStack(cell, folder);
        await restoreStack(cell, folder);
        expect(imported()).toBe(1);
    });

    it("imports always with a backend that is no folder", async () => {
        save("2026-01-01");
        vi.stubEnv("PULUMI_BACKEND_URL", "https://pulumi.test");
        await restoreStack(cell, folder);
        await restoreStack(cell, folder);
        expect(imported()).toBe(2);
    });
});
