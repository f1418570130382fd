import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { exportStack, importStack, PulumiError, pulumi, selectedStack, stackConfig } from "./pulumi";

/** Puts a script named pulumi first on PATH. */
async function fakePulumi(directory: string, script: string): Promise<void> {
    const path = join(directory, "pulumi");
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    vi.stubEnv("PATH", `${join(repositoryRoot, "bin")}:${directory}:/usr/bin:/bin`);
}

describe("pulumi", () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "pulumi-test-"));
    });

    afterEach(async () => {
        vi.unstubAllEnvs();
        await rm(directory, { recursive: true });
    });

    it("is the one on PATH, not the repository's wrapper, and runs in the repository without questions", async () => {
        await fakePulumi(directory, 'echo "$* in $PWD"');
        expect((await pulumi(["about"])).stdout).toBe(`about --non-interactive --color never in ${repositoryRoot}`);
    });

    it("names the remedy when there is no pulumi", async () => {
        vi.stubEnv("PATH", join(repositoryRoot, "bin"));
        await expect(pulumi(["about"])).rejects.toThrow("Install it: make setup");
    });

    it("names the selected stack, and undefined when none is selected", async () => {
        await fakePulumi(directory, '[ "$1 $2" = "stack --show-name" ] && echo dev');
        expect(await selectedStack()).toBe("dev");
        await fakePulumi(directory, "exit 255");
        expect(await selectedStack()).toBeUndefined();
    });

    it("exports a stack with its secrets encrypted unless asked otherwise", async () => {
        await fakePulumi(directory, `echo '{"version": 3, "deployment": {"arguments": "'$*'"}}'`);
        expect((await exportStack("dev")).deployment.arguments).toMatch(/^stack export --stack dev --non/);
        expect((await exportStack(undefined, { showSecrets: true })).deployment.arguments).toMatch(
            /^stack export --show-secrets --non/,
        );
    });

    it("imports what was exported", async () => {
        await fakePulumi(
            directory,
            `cat >"${directory}/imported"; echo "$*" >"${directory}/arguments"; cat "${directory}/imported"`,
        );
        await importStack("dev", { version: 3, deployment: { resources: [] } });
        await fakePulumi(directory, `cat "${directory}/imported"`);
        expect(await exportStack("dev")).toEqual({ version: 3, deployment: { resources: [] } });
    });

    it("reads a stack's configuration without namespaces and secrets", async () => {
        const values = { "certificate-lab:fixed": { value: "true" }, "certificate-lab:token": { secret: true } };
        await fakePulumi(directory, `echo '${JSON.stringify(values)}'`);
        expect(await stackConfig("dev")).toEqual({ fixed: "true" });
    });

    it("fails with Pulumi's reason, and the remedy for a missing stack", async () => {
        await fakePulumi(directory, `echo "error: no stack named 'dev' found" >&2; exit 255`);
        await expect(exportStack("dev")).rejects.toThrow(
            new PulumiError("pulumi stack export failed: no stack named 'dev' found\nBuild a lab: make up"),
        );
        await fakePulumi(directory, 'echo "error: incorrect passphrase" >&2; exit 255');
        await expect(importStack("dev", { version: 3, deployment: {} })).rejects.toThrow(/incorrect passphrase$/);
    });
});
