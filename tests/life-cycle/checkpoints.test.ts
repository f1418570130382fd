import { describe, expect, it } from "vitest";
import {
    certificateLine,
    connect,
    lab,
    labName,
    labOutput,
    onHost,
    pulumi,
    succeed,
    until,
    verdict,
    virsh,
} from "./machines";

describe("lab reset", () => {
    it("refuses without a snapshot, and changes nothing", async () => {
        const { exitCode, all } = await lab("reset");
        expect(all).toContain("lab snapshot takes them");
        expect(exitCode).toBe(1);
    });

    it("brings the broken lab back, whatever was done to its machines", async () => {
        await labOutput("snapshot");

        const before = await connect();
        const wreck = "systemctl stop keepalived; rm /etc/keepalived/keepalived.conf; systemctl stop ssh";
        await succeed(before.machines, "lb", wreck);
        await succeed(before.machines, "host", "rm -r /home/user/manifests");
        await before.machines.close();
        await virsh("destroy", `${labName}-k8s-worker2`);

        await labOutput("reset");
        const { machines, stack } = await connect();
        try {
            expect((await onHost(machines, "ls manifests")).stdout).toContain("web.yaml");
            await until("the verdict of the broken lab", async () => (await verdict(machines, stack)) === 1);
            expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False /m);
        } finally {
            await machines.close();
        }
    });

    it("leaves nothing for Pulumi to do", async () => {
        expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
    });

    it("does not keep a lab that was changed", async () => {
        const { machines } = await connect();
        try {
            await succeed(machines, "host", "echo insecure >/home/user/.curlrc");
            const { exitCode, all } = await lab("snapshot");
            expect(all).toContain("this one was changed");
            expect(exitCode).toBe(1);
        } finally {
            await succeed(machines, "host", "rm /home/user/.curlrc");
            await machines.close();
        }
    });
});
