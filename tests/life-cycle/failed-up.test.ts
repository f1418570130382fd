import { beforeAll, describe, expect, it } from "vitest";
import { labName, pulumi, startPulumi, until, virsh } from "./machines";

/** Names of the test lab's running machines. */
async function domains(): Promise<string> {
    return virsh("list", "--name");
}

describe("pulumi up", () => {
    beforeAll(async () => {
        await pulumi("destroy", "--yes", "--skip-preview");
    });

    it("stops before anything is created when the configuration is wrong", async () => {
        await pulumi("config", "set", "network", "8.8.8.0/24");
        const up = await pulumi("up", "--yes", "--skip-preview");
        expect(up.exitCode).not.toBe(0);
        expect(up.stdout).toContain("network: must lie in a private range");
        expect(up.stdout).not.toContain("settings.ts"); // a trace says nothing to who only mistyped
        expect(await domains()).not.toContain(`${labName}-`);
        await pulumi("config", "rm", "network");
    });

    it("stops before anything is created when libvirt does not answer", async () => {
        await pulumi("config", "set", "libvirtUri", "qemu+unix:///system?socket=/nonexistent");
        const up = await pulumi("up", "--yes", "--skip-preview");
        expect(up.exitCode).not.toBe(0);
        expect(up.stdout).toContain("libvirt does not answer at qemu+unix:///system?socket=/nonexistent");
        await pulumi("config", "rm", "libvirtUri");
    });

    it("is completed by the next one after it was killed", async () => {
        const interrupted = startPulumi("up", "--yes", "--skip-preview");
        await until("the first machines", async () => (await domains()).includes(`${labName}-`));
        process.kill(-(interrupted.child.pid ?? 0), "SIGKILL");
        await interrupted.ended;
        expect((await pulumi("up", "--yes", "--skip-preview")).exitCode).toBe(0);
    });
});
