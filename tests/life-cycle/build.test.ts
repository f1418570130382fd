import { afterAll, beforeAll, expect, it } from "vitest";
import { virshNames } from "../../lab/cell/libvirt";
import { currentKey } from "../../lab/template/current-key";
import { keyName } from "../../lab/template/key";
import { findTemplate } from "../../lab/template/template";
import { describeLabs } from "../memory";
import { factsOf } from "./facts";
import { labName, TestLab, until } from "./test-lab";

describeLabs(1, "pulumi up", () => {
    const lab = new TestLab("life-build");
    const up = () => lab.pulumi("up", "--yes", "--skip-preview");
    let built: Record<string, unknown>;

    beforeAll(async () => {
        await lab.remove();
        await lab.pulumiOutput("stack", "init", "--no-select");
    });

    afterAll(() => lab.remove());

    it("stops before it creates anything when the configuration is invalid", async () => {
        await lab.pulumiOutput("config", "set", "network", "8.8.8.0/24");
        const { exitCode, stdout } = await up();
        expect(exitCode).not.toBe(0);
        expect(stdout).toContain("network: must be in a private range");
        expect(stdout).not.toContain("settings.ts"); // a stack trace does not help with a typing error
        expect(lab.findCell()).toBeUndefined();
        await lab.pulumiOutput("config", "rm", "network");
    });

    it("stops before it creates anything when libvirt does not respond", async () => {
        await lab.pulumiOutput("config", "set", "libvirtUri", "qemu+unix:///system?socket=/nonexistent");
        const { exitCode, stdout } = await up();
        expect(exitCode).not.toBe(0);
        expect(stdout).toContain("libvirt does not respond at qemu+unix:///system?socket=/nonexistent");
        expect(lab.findCell()).toBeUndefined();
        await lab.pulumiOutput("config", "rm", "libvirtUri");
    });

    it("is completed by the next update after it was killed", async () => {
        const { child, ended } = lab.startPulumi("up", "--yes", "--skip-preview");
        const domains = async () => {
            const cell = lab.findCell();
            return cell === undefined ? [] : await virshNames(cell, "list").catch(() => []);
        };
        await until("the first machines", async () => (await domains()).some((name) => name.startsWith(`${labName}-`)));
        process.kill(-(child.pid ?? 0), "SIGKILL");
        await ended;
        await lab.pulumiOutput("up", "--yes", "--skip-preview");
        expect(await lab.notRunning()).toEqual([]);
    });

    it("builds the broken lab", async () => {
        const reason = "failed to perform self check GET request";
        await until("the challenge's reason", async () => (await lab.labOutput("status", "--json")).includes(reason));
        built = await factsOf(lab);
        expect(built).toMatchObject({ verdict: 1, preview: 0, refresh: 0, page: { exitCode: 60 } });
    });

    it("equals a lab from a template", async () => {
        const key = await currentKey(lab.stack);
        if ((await findTemplate(key, console.log)) === undefined) {
            await lab.labOutput("save-template", keyName(key));
        }
        await lab.remove();
        const clone = await TestLab.start("life-clone");
        try {
            expect(await factsOf(clone)).toEqual(built);
        } finally {
            await clone.remove();
        }
    });
});
