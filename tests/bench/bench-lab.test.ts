import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { stateFolder } from "../../lab/cell/state-folder";
import { openBenchLab } from "./bench-lab";

/** Variables that {@link openBenchLab} changes. */
const variables = ["TMPDIR", "LAB_STATE", "LAB_CELL", "PULUMI_BACKEND_URL"];
const passphrase = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

const folder = mkdtempSync(join(tmpdir(), "bench-lab-test-"));

beforeEach(() => {
    for (const name of [...variables, ...passphrase]) {
        vi.stubEnv(name, process.env[name]);
    }
    vi.stubEnv("LAB_STATE", folder);
});

afterEach(() => {
    vi.unstubAllEnvs();
});

afterAll(() => rmSync(folder, { recursive: true }));

it("uses a folder for cells, templates, Pulumi's state and temporary files, and leaves nothing", async () => {
    const before = tmpdir();
    const lab = await openBenchLab();
    const temporary = tmpdir();
    expect(stateFolder()).toBe(join(folder, "bench"));
    expect(process.env.PULUMI_BACKEND_URL).toBe(`file://${folder}/bench/pulumi`);
    expect(dirname(temporary)).toBe(before);
    await lab.remove();
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(temporary)).toBe(false);
});

it("refuses a second benchmark at the same time", async () => {
    const lab = await openBenchLab();
    vi.stubEnv("LAB_STATE", folder);
    await expect(openBenchLab()).rejects.toThrow(`Another benchmark uses ${folder}/bench.`);
    vi.stubEnv("LAB_STATE", join(folder, "bench"));
    await lab.remove();
    expect(readdirSync(folder)).toEqual([]);
});
