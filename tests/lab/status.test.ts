import { describe, expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import type { LabStatus } from "../../lab/status/lab-status";
import { labName, labOutput, startLab, until, virsh } from "./machines";

const status = async (): Promise<LabStatus> => JSON.parse(await labOutput("status", "--json"));

describe("lab status", () => {
    it("shows the six machines, the certificate, the challenge's reason and the real servers", async () => {
        const reason = "failed to perform self check GET request";
        // A challenge that is new has no reason yet.
        await until(reason, async () => JSON.stringify((await status()).challenges).includes(reason));
        const seen = await status();
        expect(seen.lab).toMatchObject({ labName, built: "completely", fixed: "no" });
        for (const name of machineNames) {
            expect(seen.machines[name]).toMatchObject({
                domain: "running",
                uptime: { value: expect.stringMatching(/^up /) },
            });
        }
        expect(seen.nodes).toMatchObject({ value: [{ ready: true }, { ready: true }, { ready: true }] });
        expect(seen.certificate).toMatchObject({ value: { ready: "False" } });
        expect(JSON.stringify(seen.challenges)).toContain(reason);
        expect(seen.virtualServers).toMatchObject({
            value: [80, 443].map((port) => ({
                address: `192.168.20.1:${port}`,
                realServers: [`192.168.20.130:${port}`, `192.168.20.131:${port}`],
            })),
        });
    });

    it("shows the other machines while one is paused", async () => {
        await virsh("suspend", `${labName}-acme-server`);
        try {
            const stdout = await labOutput("status");
            expect(stdout).toMatch(/^acme-server +192\.168\.20\.125 +paused +acme-server is paused$/m);
            expect(stdout).toMatch(/^host +192\.168\.20\.20 +running +up /m);
        } finally {
            await virsh("resume", `${labName}-acme-server`);
        }
    });

    it("repeats until Ctrl-C, which ends it with 0", async () => {
        const { child, ended } = startLab("status", "--watch");
        let screens = "";
        child.stdout.on("data", (text) => {
            screens += text;
        });
        await until("two screens", async () => screens.split("MACHINE").length > 2);
        child.kill("SIGINT");
        expect((await ended).exitCode).toBe(0);
    });
});
