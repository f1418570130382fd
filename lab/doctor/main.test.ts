import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";

const run = (root: string, args: string[], nodeArgs: string[] = []) =>
    spawnSync(process.execPath, [...nodeArgs, join(root, "lab", "doctor", "main.mjs"), ...args], {
        encoding: "utf8",
        env: { ...process.env, PATH: "/usr/bin:/bin", NODE_OPTIONS: "" },
    });

describe("main.mjs on a machine with nothing but Node.js", () => {
    let root: string;

    beforeAll(() => {
        root = join(mkdtempSync(join(tmpdir(), "lab-doctor-test-")), "it's a lab");
        for (const folder of ["infra", "lab", "image", "toolchain"]) {
            const filter = (path: string) => !path.includes("node_modules");
            cpSync(join(repositoryRoot, folder), join(root, folder), { recursive: true, filter });
        }
        cpSync(join(repositoryRoot, "package.json"), join(root, "package.json"));
    });

    afterAll(() => {
        rmSync(join(root, ".."), { recursive: true });
    });

    it("reports every check as JSON, without warnings of Node.js", () => {
        const { status, stdout, stderr } = run(root, ["--json", "--stack", "dev"]);
        expect(stderr).toBe("");
        const report = JSON.parse(stdout);
        expect(status).toBe(report.ready ? 0 : 1);
        expect(report).toMatchObject({ stack: "dev", hypervisor: "cell" });
        expect(report.checks.length).toBeGreaterThan(10);
    });

    it("fails when something must be fixed", () => {
        writeFileSync(join(root, "Pulumi.session.yaml"), "config:\n  certificate-lab:libvirtUri: qemu:///session\n");
        const { status, stdout } = run(root, ["--quiet", "--stack", "session"]);
        expect(status).toBe(1);
        expect(stdout).toMatch(/^libvirtUri +fail .*\n +fix: +pulumi config rm libvirtUri$/m);
    });

    it("leaves the settings to a later run, with npm packages", () => {
        writeFileSync(join(root, "Pulumi.wrong.yaml"), "config:\n  certificate-lab:network: 8.8.8.0/24\n");
        const { stdout } = run(root, ["--json", "--stack", "wrong"]);
        expect(JSON.parse(stdout).checks[0]).toMatchObject({ name: "settings", state: "pending" });
    });

    it("reports in one line that Node.js is too old", () => {
        const older = (version: string) => [
            "--no-experimental-strip-types",
            "--import",
            `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`,
        ];
        expect(run(root, [], older("20.20.2"))).toMatchObject({
            status: 4,
            stderr: "Node.js 20.20.2 is too old, the lab needs 22 or later. Install it: toolchain/install-node.sh\n",
        });
        expect(run(root, [], older("22.5.0"))).toMatchObject({
            status: 4,
            stderr: expect.stringMatching(/^Node.js 22.5.0 runs TypeScript only with npm packages.*\n$/),
        });
    });

    it("ends with 4 for a wrong argument and prints the options", () => {
        expect(run(root, ["--jsno"])).toMatchObject({
            status: 4,
            stderr: expect.stringContaining("Usage: lab doctor"),
        });
        expect(run(root, ["--help"])).toMatchObject({
            status: 0,
            stdout: expect.stringContaining("Usage: lab doctor"),
        });
    });
});

it("evaluates the settings where npm packages are installed, and ends within 5 s", () => {
    const start = Date.now();
    const { stdout, stderr } = run(repositoryRoot, ["--json", "--stack", "none"]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).checks[0]).toMatchObject({ name: "settings", state: "ok" });
    // Wider than the limit, which holds on an idle machine: other tests run at the same time.
    expect(Date.now() - start).toBeLessThan(15_000);
});
