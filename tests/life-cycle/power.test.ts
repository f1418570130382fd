import { afterAll, beforeAll, expect, it } from "vitest";
import { kill, networkNamespace, processesIn } from "../../lab/cell/process";
import { describeLabs } from "../memory";
import { secondsOf, TestLab } from "./test-lab";

const bootId = "cat /proc/sys/kernel/random/boot_id";

describeLabs(1, "lab stop and lab start", () => {
    let lab: TestLab;
    const namespace = () => networkNamespace(lab.cell.record.pause?.pid ?? -1) ?? "none";

    beforeAll(async () => {
        lab = await TestLab.start("life-power");
        await lab.on("host", "touch /root/marker && sync");
    });

    afterAll(() => lab.remove());

    it("save the memory, leave no process, and continue", async () => {
        const boot = await lab.on("lb", bootId);
        const before = namespace();
        console.log(`lab stop: ${(await secondsOf(() => lab.labOutput("stop"))).toFixed(1)} s`);
        expect(processesIn(before)).toEqual([]);
        const check = await lab.lab("check");
        expect(check.exitCode).toBe(3);
        expect(check.all.trim()).toBe(
            `The lab of the stack ${lab.stack} is stopped. Start it: lab start --stack ${lab.stack}`,
        );

        console.log(`lab start: ${(await secondsOf(() => lab.labOutput("start"))).toFixed(1)} s`);
        expect(await lab.on("lb", bootId)).toBe(boot);
        await lab.becomes(1);
    });

    it("does not stop a lab twice, and starts a running lab without a change", async () => {
        const pause = lab.cell.record.pause;
        expect(await lab.labOutput("start")).toContain("was already running");
        expect(lab.cell.record.pause).toEqual(pause);
        await lab.labOutput("stop");
        const { exitCode, all } = await lab.lab("stop");
        expect(exitCode).toBe(1);
        expect(all).toContain("is already stopped");
    });

    it("start with pulumi preview, which finds no change", async () => {
        await lab.pulumiOutput("preview", "--expect-no-changes");
        expect(await lab.notRunning()).toEqual([]);
        await lab.becomes(1);
    });

    it("keep a machine off that was off", async () => {
        await lab.virsh("destroy", "certificate-lab-k8s-worker2");
        await lab.labOutput("stop");
        await lab.labOutput("start");
        expect(await lab.notRunning()).toEqual(["k8s-worker2"]);
        await lab.virsh("start", "certificate-lab-k8s-worker2");
    });

    it("boot the disks after a reboot of this machine", async () => {
        const boot = await lab.on("host", bootId);
        const before = namespace();
        for (let left = processesIn(before); left.length > 0; left = processesIn(before)) {
            left.forEach(kill);
        }
        expect(await lab.labOutput("start")).toContain("boot");
        await lab.becomes(1);
        expect(await lab.on("host", "ls /root/marker")).toBe("/root/marker");
        expect(await lab.on("host", bootId)).not.toBe(boot);
        await lab.pulumiOutput("preview", "--expect-no-changes");
    });

    it("continue from memory after a reboot of this machine while the lab was stopped", async () => {
        const boot = await lab.on("host", bootId);
        await lab.labOutput("stop");
        await lab.labOutput("start");
        expect(await lab.on("host", bootId)).toBe(boot);
    });
});
