import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { sourceFiles } from "../lint/files";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

const freeMemory = () => Math.round(freemem() / 2 ** 20);

describeLabs(3, "three labs", () => {
    const memory: string[] = [];
    let labs: TestLab[];

    beforeAll(async () => {
        const before = freeMemory();
        const first = await TestLab.start("life-team1");
        labs = [first];
        memory.push(`1 lab: ${before - freeMemory()} MiB`);
        for (const name of ["life-team2", "life-team3"]) {
            const lab = new TestLab(name);
            await lab.remove();
            await first.labOutput("clone", name);
            labs.push(lab);
            memory.push(`${labs.length} labs: ${before - freeMemory()} MiB`);
        }
    });

    afterAll(async () => {
        console.log(`Memory: ${memory.join(", ")}`);
        await Promise.all((labs ?? []).map((lab) => lab.remove()));
    });

    it("are broken, each with six machines", async () => {
        for (const lab of labs) {
            expect(await lab.notRunning()).toEqual([]);
            await lab.becomes(1);
        }
    });

    it("do not affect each other: one is solved, one reset, one destroyed", async () => {
        const [solved, reset, destroyed] = labs as [TestLab, TestLab, TestLab];
        await reset.on("lb", "rm /etc/keepalived/keepalived.conf; systemctl stop keepalived");
        await solved.pulumiOutput("up", "--yes", "--skip-preview", "-c", "fixed=true");
        await reset.labOutput("reset");
        await destroyed.pulumiOutput("destroy", "--yes", "--skip-preview");

        await solved.becomes(0);
        await reset.becomes(1);
        expect(destroyed.findCell()).toBeUndefined();
        await reset.labOutput("stop");
        await solved.becomes(0);
        await solved.pulumiOutput("preview", "--expect-no-changes");
    });
});

describeLabs(2, "two clones of the repository with a stack of the same name", () => {
    const root = mkdtempSync(join(tmpdir(), "clone with a space-"));
    const stack = "life-same-name";
    const here = new TestLab(stack);
    const there = new TestLab(stack, { root });

    beforeAll(async () => {
        for (const file of sourceFiles(repositoryRoot)) {
            mkdirSync(dirname(join(root, file)), { recursive: true });
            cpSync(join(repositoryRoot, file), join(root, file));
        }
        cpSync(join(repositoryRoot, "sdks"), join(root, "sdks"), { recursive: true });
        symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"));
        mkdirSync(join(root, ".lab"));
        cpSync(join(repositoryRoot, ".lab", "image"), join(root, ".lab", "image"), { verbatimSymlinks: true });
        await here.remove();
        await here.labOutput("up");
        await there.labOutput("up");
    });

    afterAll(async () => {
        const left = (await cells()).filter(({ repository }) => [repositoryRoot, root].includes(repository));
        for (const { id } of left) {
            await here.lab("cells", "--remove", id);
        }
        rmSync(root, { recursive: true });
        await here.remove();
    });

    /** The cells of both stacks of that name, and of stacks of that name in other clones. */
    async function cells(): Promise<{ id: string; stack: string; repository: string }[]> {
        return JSON.parse(await here.labOutput("cells", "--json")).filter(
            (cell: { stack: string }) => cell.stack === stack,
        );
    }

    it("have a lab each; one is destroyed and the other stays", async () => {
        const repositories = (await cells()).map(({ repository }) => repository);
        expect(repositories).toEqual(expect.arrayContaining([repositoryRoot, root]));
        await there.on("lb", "touch /root/marker");
        await there.pulumiOutput("destroy", "--yes", "--skip-preview");
        await here.becomes(1);
        expect(await here.on("lb", "ls /root")).not.toContain("marker");
    });
});
