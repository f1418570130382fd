import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { recognizeSolutions } from "../../lab/check/solution";
import { run } from "../../lab/lib/run";
import type { Machines } from "../../lab/lib/ssh";
import { certificateLine, connect, labName, onHost, pulumi, until, verdict, virsh } from "./machines";

/** What libvirt, the hypervisor and the clone still hold of the test lab. */
async function leftovers(): Promise<string[]> {
    const lists = await Promise.all([
        virsh("list", "--all", "--name"),
        virsh("net-list", "--all", "--name"),
        virsh("pool-list", "--all", "--name"),
        run("pgrep", ["--list-full", "--full", `guest=${labName}-`]).then(({ stdout }) => stdout),
    ]);
    const pool = `/var/lib/libvirt/images/${labName}`;
    const disks = await readdir(join(repositoryRoot, ".lab", "cloud-init", labName)).catch(() => []);
    return lists
        .flatMap((list) => list.split("\n").map((name) => name.trim()))
        .filter((name) => name.includes(labName))
        .concat(existsSync(pool) ? [pool] : [], disks);
}

describe("fixed=false", () => {
    let machines: Machines;

    afterAll(() => machines?.close());

    it("breaks the lab again", async () => {
        expect((await pulumi("up", "--yes", "--skip-preview", "-c", "fixed=false")).exitCode).toBe(0);
        const lab = await connect();
        machines = lab.machines;
        expect(lab.stack.state).toBe("broken");
        expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False /m);
        await until("curl to refuse", async () => (await onHost(machines, "curl -L www.ictsc.test")).exitCode === 60);
        expect(await verdict(machines, lab.stack)).toBe(1);
        expect(await recognizeSolutions(machines, lab.stack)).toEqual([]);
    });
});

describe("pulumi destroy", () => {
    it("leaves nothing behind, although every machine is dead", async () => {
        expect(await leftovers()).not.toEqual([]);
        await Promise.all(machineNames.map((name) => virsh("destroy", `${labName}-${name}`)));
        await pulumi("config", "set", "fixed", "true");
        expect((await pulumi("destroy", "--yes", "--skip-preview")).exitCode).toBe(0);
        expect(await leftovers()).toEqual([]);
    });

    it("makes the next plain up the broken lab", async () => {
        expect((await pulumi("config", "get", "fixed")).stdout.trim()).toBe("false");
        const preview = await pulumi("preview");
        expect(preview.exitCode).toBe(0);
        expect(preview.stdout).toContain("k8s-master-domain");
        expect(preview.stdout).not.toContain("hairpin-nat");
    });
});
