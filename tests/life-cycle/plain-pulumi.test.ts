import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { Cell } from "../../lab/cell/cell";
import { virshNames } from "../../lab/cell/libvirt";
import { openCell, removeCell } from "../../lab/cell/lifetime";
import { inCell } from "../../lab/cell/namespaces";
import { sourceFiles } from "../lint/files";
import { describeLabs } from "../memory";
import { type Ended, start } from "../start";

/** Name of a stack of this clone whose empty cell is the other user's machine. */
const stack = "life-plain";

const { PULUMI_HOME = "" } = process.env;

/**
 * A user with another Pulumi home and backend, who runs `pulumi` itself on the libvirtd of the system. The system is an
 * empty cell. The plugins are the installed ones: Pulumi's downloads may be unreachable.
 */
describeLabs(1, "pulumi without the wrapper", () => {
    const folder = mkdtempSync(join(tmpdir(), "another user's "));
    const clone = join(folder, "the lab");
    const moved = join(folder, `the "moved" lab`);
    const home = join(folder, "home", ".pulumi");
    const programs = join(folder, "programs");
    let cell: Cell;

    const environment = {
        HOME: join(folder, "home"),
        PATH: `${programs}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
        PULUMI_CONFIG_PASSPHRASE: "",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: process.env.PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR ?? "",
        LAB_CACHE: join(folder, "cache"),
        LAB_CELL: "none",
    };

    function run(command: string[], root = clone): Promise<Ended> {
        const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
        const [program = "", ...args] = inCell(cell, [
            "env",
            "--ignore-environment",
            `--chdir=${root}`,
            ...variables,
            ...command,
        ]);
        return start(program, args).ended;
    }

    async function succeed(command: string[], root = clone): Promise<string> {
        const { exitCode, stdout, all } = await run(command, root);
        expect(exitCode, `${command.join(" ")}\n${all}`).toBe(0);
        return stdout;
    }

    const pulumi = (...args: string[]) => succeed(["pulumi", ...args, "--non-interactive"]);

    beforeAll(async () => {
        for (const file of sourceFiles()) {
            cpSync(join(repositoryRoot, file), join(clone, file));
        }
        // Installed before, as a user's node_modules are.
        for (const installed of ["node_modules", "sdks/libvirt/bin"]) {
            cpSync(join(repositoryRoot, installed), join(clone, installed), {
                recursive: true,
                verbatimSymlinks: true,
            });
        }
        mkdirSync(home, { recursive: true });
        cpSync(join(PULUMI_HOME, "plugins"), join(home, "plugins"), { recursive: true });
        cpSync(join(PULUMI_HOME, "bin"), programs, { recursive: true });
        const earlier = Cell.of(stack);
        await earlier?.locked(() => removeCell(earlier));
        cell = await openCell(stack, { machines: false, log: () => {} });
    });

    afterAll(async () => {
        try {
            await cell?.locked(() => removeCell(cell));
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    it("builds the lab with any backend", async () => {
        await pulumi("login", `file://${home}`);
        await pulumi("stack", "init", "dev");
        await pulumi("config", "set", "image", join(repositoryRoot, ".lab", "image"));
        const settings = await pulumi("config");
        expect(settings).toContain("network");
        await pulumi("up", "--yes", "--skip-preview");
        await pulumi("preview", "--expect-no-changes");
    });

    it("is the Pulumi that lab uses", async () => {
        expect(JSON.parse(await succeed(["bin/lab", "status", "--json"])).lab).toMatchObject({
            labName: "certificate-lab",
            built: "completely",
        });
        expect((await run(["bin/lab", "check", "--deadline", "0"])).exitCode).toBe(1);
    });

    it("solves the lab in a moved clone, which has no other change", async () => {
        cpSync(clone, moved, { recursive: true, verbatimSymlinks: true });
        await succeed(["pulumi", "preview", "--expect-no-changes", "--non-interactive"], moved);
        await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=true");
        expect((await run(["bin/lab", "check"])).exitCode).toBe(0);
    });

    it("destroys it and unsets fixed", async () => {
        await succeed(["pulumi", "destroy", "--yes", "--skip-preview", "--non-interactive"], moved);
        expect(readFileSync(join(moved, "Pulumi.dev.yaml"), "utf8")).not.toContain("fixed");
        expect(await virshNames(cell, "list", "--all")).toEqual([]);
        expect(await virshNames(cell, "net-list", "--all")).toEqual([]);
        expect(await virshNames(cell, "pool-list", "--all")).toEqual([]);
    });
});
