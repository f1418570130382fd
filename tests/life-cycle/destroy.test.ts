import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { networkNamespace, processesIn } from "../../lab/cell/process";
import { describeLabs } from "../memory";
import { labName, TestLab } from "./test-lab";

describeLabs(1, "pulumi destroy", () => {
    let lab: TestLab;

    beforeAll(async () => {
        lab = await TestLab.start("life-destroy");
    });

    afterAll(() => lab.remove());

    it("leaves nothing, although no machine runs", async () => {
        const { folder, record } = lab.cell;
        const pointer = join(repositoryRoot, ".lab", "cells", lab.stack);
        const namespace = networkNamespace(record.pause?.pid ?? -1) ?? "";
        expect(processesIn(namespace)).not.toEqual([]);
        expect(existsSync(pointer)).toBe(true);
        await Promise.all(machineNames.map((name) => lab.virsh("destroy", `${labName}-${name}`)));
        await lab.pulumiOutput("config", "set", "fixed", "true");
        const temporary = readdirSync(tmpdir());

        await lab.pulumiOutput("destroy", "--yes", "--skip-preview");

        expect(lab.findCell()).toBeUndefined();
        expect(existsSync(folder)).toBe(false);
        expect(processesIn(namespace)).toEqual([]);
        expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
        expect(existsSync(pointer)).toBe(false);
        const left = readdirSync(tmpdir()).filter((name) => !temporary.includes(name));
        expect(left.filter((name) => /^(kubeconfig|pulumi-|lab-)/.test(name))).toEqual([]);
    });

    it("makes the next lab the broken one", async () => {
        expect((await lab.pulumiOutput("config", "get", "fixed")).trim()).toBe("false");
        const preview = await lab.pulumiOutput("preview");
        expect(preview).toContain("k8s-master-domain");
        expect(preview).not.toContain("hairpin-nat");
        expect(lab.findCell()).toBeUndefined();
    });
});
