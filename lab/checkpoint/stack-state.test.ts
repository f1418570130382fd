import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { projectName } from "../../infra/config/project";
import { requireNoUpdate, restoreStack } from "./stack-state";

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

it("restores nothing from a folder without a stack", async () => {
    await expect(restoreStack("unit-test", backend)).resolves.toBeUndefined();
});
