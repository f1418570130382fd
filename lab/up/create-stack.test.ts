import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakePrograms } from "../lib/fake-programs";
import { PulumiError } from "../lib/pulumi";
import { ensureStack } from "./create-stack";

describe("ensureStack", () => {
    const programs = fakePrograms();
    const lab = (name: string) => join(programs.folder, ".lab", name);
    const ensure = (options: { select?: boolean } = {}) => ensureStack("dev", { root: programs.folder, ...options });
    const commands = () => readFileSync(join(programs.folder, "commands"), "utf8").trimEnd().split("\n");

    beforeEach(async () => {
        vi.stubEnv("PULUMI_BACKEND_URL", `file://${lab("state")}`);
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", lab("passphrase"));
        await programs.make("pulumi", `echo "$*" >>"${programs.folder}/commands"`);
    });

    it("creates the stack without selecting it", async () => {
        await ensure();
        expect(commands()).toEqual([expect.stringMatching(/^stack init --no-select --stack dev /)]);
    });

    it("selects the stack on request", async () => {
        await ensure({ select: true });
        expect(commands()).toEqual([
            expect.stringMatching(/^stack init --no-select --stack dev /),
            expect.stringMatching(/^stack select --stack dev /),
        ]);
    });

    it("accepts a stack that exists, and no other failure", async () => {
        await programs.make(
            "pulumi",
            "echo \"error: stack 'organization/certificate-lab/dev' already exists\" >&2; exit 255",
        );
        await ensure();
        await programs.make("pulumi", "echo 'error: a stack name may only contain' >&2; exit 255");
        await expect(ensure()).rejects.toThrow(PulumiError);
    });

    it("creates the backend's folder and a passphrase that only its owner can read, once", async () => {
        await ensure();
        expect(statSync(lab("state")).isDirectory()).toBe(true);
        expect(statSync(lab("passphrase")).mode & 0o777).toBe(0o600);
        const passphrase = readFileSync(lab("passphrase"), "utf8");
        expect(passphrase).toMatch(/^\S{32}\n$/);
        await ensure();
        expect(readFileSync(lab("passphrase"), "utf8")).toBe(passphrase);
    });

    it("removes the salt of a deleted passphrase from the stack's file, and keeps the settings", async () => {
        const file = join(programs.folder, "Pulumi.dev.yaml");
        const settings = "config:\n  certificate-lab:network: 10.1.2.0/24\n";
        writeFileSync(file, `encryptionsalt: v1:old\n${settings}`);
        await ensure();
        expect(readFileSync(file, "utf8")).toBe(settings);
    });

    it("keeps the salt of a stack that exists, and of one in another backend", async () => {
        const file = join(programs.folder, "Pulumi.dev.yaml");
        writeFileSync(file, "encryptionsalt: v1:present\n");
        const stacks = join(lab("state"), ".pulumi", "stacks", "certificate-lab");
        mkdirSync(stacks, { recursive: true });
        writeFileSync(join(stacks, "dev.json"), "{}");
        await ensure();
        rmSync(join(stacks, "dev.json"));
        vi.stubEnv("PULUMI_BACKEND_URL", "file://~");
        await ensure();
        expect(readFileSync(file, "utf8")).toBe("encryptionsalt: v1:present\n");
    });

    it("creates neither with another backend and passphrase", async () => {
        vi.stubEnv("PULUMI_BACKEND_URL", "file://~");
        vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", "");
        await ensure();
        expect(existsSync(join(programs.folder, ".lab"))).toBe(false);
    });
});
