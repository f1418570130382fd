import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { fakePrograms } from "./fake-programs";
import {
    backendUrl,
    exportStack,
    importStack,
    PulumiError,
    pulumi,
    removeStack,
    selectedStack,
    stackConfig,
} from "./pulumi";

describe("pulumi", () => {
    const programs = fakePrograms();

    it("is the one on PATH, not the repository's wrapper, and runs in the repository without questions", async () => {
        await programs.make("pulumi", 'echo "$* in $PWD"');
        vi.stubEnv("PATH", `${join(repositoryRoot, "bin")}:${process.env.PATH}`);
        expect((await pulumi(["about"])).stdout).toBe(`about --non-interactive --color never in ${repositoryRoot}`);
    });

    it("names the remedy when there is no pulumi", async () => {
        vi.stubEnv("PATH", join(repositoryRoot, "bin"));
        await expect(pulumi(["about"])).rejects.toThrow("Install it: make setup");
    });

    it("reads the backend from the environment, else from Pulumi", async () => {
        await programs.make("pulumi", `echo '{"user": "me", "url": "file://~"}'`);
        vi.stubEnv("PULUMI_BACKEND_URL", "file:///srv/state");
        expect(await backendUrl()).toBe("file:///srv/state");
        vi.stubEnv("PULUMI_BACKEND_URL", "");
        expect(await backendUrl()).toBe("file://~");
        await programs.make("pulumi", "exit 255");
        expect(await backendUrl()).toBeUndefined();
    });

    it("names the selected stack, and undefined when none is selected", async () => {
        await programs.make("pulumi", '[ "$1 $2" = "stack --show-name" ] && echo dev');
        expect(await selectedStack()).toBe("dev");
        await programs.make("pulumi", "exit 255");
        expect(await selectedStack()).toBeUndefined();
    });

    it.each([
        ["dev", ["stack rm --force --yes test", "stack select --stack dev"]],
        ["test", ["stack rm --force --yes test"]],
        ["", ["stack rm --force --yes test"]],
    ])("removes a stack and leaves the selection %j", async (selected, calls) => {
        const log = join(programs.folder, "calls");
        await programs.make(
            "pulumi",
            `if [ "$2" = --show-name ]; then echo "${selected}"; [ "${selected}" ]; else echo "$*" >>"${log}"; fi`,
        );
        await removeStack("test");
        const lines = readFileSync(log, "utf8").trim().split("\n");
        expect(lines.map((line) => line.replace(" --non-interactive --color never", ""))).toEqual(calls);
    });

    it("exports a stack with its secrets encrypted by default", async () => {
        await programs.make("pulumi", `echo '{"version": 3, "deployment": {"arguments": "'$*'"}}'`);
        expect((await exportStack("dev")).deployment.arguments).toMatch(/^stack export --stack dev --non/);
        expect((await exportStack(undefined, { showSecrets: true })).deployment.arguments).toMatch(
            /^stack export --show-secrets --non/,
        );
    });

    it("imports what was exported", async () => {
        await programs.make(
            "pulumi",
            `cat >"${programs.folder}/imported"; echo "$*" >"${programs.folder}/arguments"; cat "${programs.folder}/imported"`,
        );
        await importStack("dev", { version: 3, deployment: { resources: [] } });
        await programs.make("pulumi", `cat "${programs.folder}/imported"`);
        expect(await exportStack("dev")).toEqual({ version: 3, deployment: { resources: [] } });
    });

    it("reads a stack's configuration without namespaces and secrets", async () => {
        const values = { "certificate-lab:fixed": { value: "true" }, "certificate-lab:token": { secret: true } };
        await programs.make("pulumi", `echo '${JSON.stringify(values)}'`);
        expect(await stackConfig("dev")).toEqual({ fixed: "true" });
    });

    it("fails with Pulumi's reason, and the remedy for a missing stack", async () => {
        await programs.make("pulumi", `echo "error: no stack named 'dev' found" >&2; exit 255`);
        await expect(exportStack("dev")).rejects.toThrow(
            new PulumiError("pulumi stack export failed: no stack named 'dev' found\nBuild a lab: make up"),
        );
        await programs.make("pulumi", "echo nonsense");
        await expect(exportStack("dev")).rejects.toThrow(PulumiError);
        await programs.make("pulumi", 'echo "error: incorrect passphrase" >&2; exit 255');
        await expect(importStack("dev", { version: 3, deployment: {} })).rejects.toThrow(/incorrect passphrase$/);
    });
});
