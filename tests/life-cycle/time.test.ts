import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { inCell } from "../../lab/cell/namespaces";
import { run } from "../../lab/lib/run";
import { describeLabs } from "../memory";
import { labName, TestLab, until } from "./test-lab";

/** Days by which this machine's clock is ahead of the present in the last tests. */
const age = 40;

/** Seconds by which the clocks of two machines may differ. */
const tolerance = 2;

/** https://github.com/wolfcw/libfaketime: its library, where Debian's package faketime installs it. */
const fakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

type Offsets = Record<string, [least: number, greatest: number]>;

/** Offset in seconds of each machine's clock from this machine's. */
async function offsets(lab: TestLab): Promise<Offsets> {
    const script = join(repositoryRoot, "tests", "life-cycle", "inside", "clocks.ts");
    const command = ["env", `LAB_CELL=${lab.cell.id}`, process.execPath, "--import", "tsx", script, lab.stack];
    const [program = "", ...args] = inCell(lab.cell, command);
    const { stdout, stderr, exitCode } = await run(program, args, { cwd: repositoryRoot, deadline: 300 });
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout);
}

/** Seconds by which the machines' clocks differ at least. */
function spread(measured: Offsets): number {
    const values = Object.values(measured);
    return Math.max(...values.map(([least]) => least)) - Math.min(...values.map(([, greatest]) => greatest));
}

async function expectAgreement(lab: TestLab): Promise<Offsets> {
    const measured = await offsets(lab);
    expect(spread(measured), JSON.stringify(measured)).toBeLessThan(tolerance);
    return measured;
}

/** Tests of the clocks of a running lab. */
function clocksAgree(get: () => TestLab): void {
    it("is the same on all machines", async () => {
        await expectAgreement(get());
    });

    it("is the same after a machine was rebooted", async () => {
        const lab = get();
        await lab.on("lb", "systemctl reboot");
        const isBack = async () => (await lab.lab("exec", "lb", "--", "systemctl is-active keepalived")).exitCode === 0;
        await until("lb after its reboot", isBack);
        await expectAgreement(lab);
    });

    it("is the same after a machine was switched off and on", async () => {
        const lab = get();
        await lab.virsh("destroy", `${labName}-acme-server`);
        await lab.virsh("start", `${labName}-acme-server`);
        const isBack = async () => (await lab.lab("exec", "acme-server", "--", "true")).exitCode === 0;
        await until("acme-server after its start", isBack);
        await expectAgreement(lab);
    });
}

describeLabs(1, "the time in a lab", () => {
    let lab: TestLab;

    beforeAll(async () => {
        lab = await TestLab.start("life-time");
    });

    afterAll(() => lab.remove());

    clocksAgree(() => lab);

    it("is the same after a snapshot and after a stop", async () => {
        await lab.labOutput("snapshot");
        await expectAgreement(lab);
        await lab.labOutput("stop");
        await lab.labOutput("start");
        await expectAgreement(lab);
        await lab.virsh("destroy", `${labName}-host`);
        await lab.virsh("start", `${labName}-host`);
        const isBack = async () => (await lab.lab("exec", "host", "--", "true")).exitCode === 0;
        await until("host after its start", isBack);
        await expectAgreement(lab);
    });
});

/**
 * A lab from a template that is 40 days old: this machine's clock is 40 days ahead for `lab`, libvirtd and QEMU, with
 * libfaketime. Pulumi, a static Go program, has the present time.
 */
const describeOldLab = existsSync(fakeTimeLibrary) ? describeLabs : skipOldLab;

function skipOldLab(_: number, title: string): void {
    const missing = `${fakeTimeLibrary} is missing. Install it: apt-get install faketime`;
    describe(title, () => it("runs", ({ skip }) => skip(missing)));
}

describeOldLab(1, `the time in a lab from a template that is ${age} days old`, () => {
    const env = {
        LD_PRELOAD: fakeTimeLibrary,
        FAKETIME: `+${age}d`,
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        FAKETIME_NO_CACHE: "1",
        NO_FAKE_STAT: "1",
    };
    const lab = new TestLab("life-old", { env });

    beforeAll(async () => {
        await new TestLab("life-old").remove();
        await lab.labOutput("up");
    });

    afterAll(() => new TestLab("life-old").remove());

    it("is that of the template", async () => {
        const measured = await expectAgreement(lab);
        const now = Date.now() / 1000;
        for (const name of machineNames) {
            // The template was saved before the present, which is 40 days before the lab's present.
            expect(now + (measured[name]?.[0] ?? 0)).toBeLessThanOrEqual(now);
        }
        expect(lab.cell.record.clockOffset).toBeLessThan(-(age - 1) * 86_400);
    });

    clocksAgree(() => lab);

    it("reaches the self check without manual steps", async () => {
        const reason = "failed to perform self check GET request";
        await until("the challenge's reason", async () => (await lab.labOutput("status", "--json")).includes(reason));
        await lab.becomes(1);
    });

    it("allows the solution and a new certificate", async () => {
        await lab.pulumiOutput("up", "--yes", "--skip-preview", "-c", "fixed=true");
        await lab.becomes(0);
    });
});
