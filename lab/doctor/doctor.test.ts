import { describe, expect, it } from "vitest";
import { type FakeMachine, fakeHost } from "../../infra/preflight/fake-host.ts";
import { examine } from "./doctor.ts";
import { broken, healthy } from "./fixtures/machines.ts";
import { table } from "./report.ts";

const reportOf = async (machine: FakeMachine) => (await examine(fakeHost(machine), "/lab", "dev")).report;

describe("lab doctor", () => {
    it("finds nothing to fix on a healthy machine", async () => {
        const report = await reportOf(healthy);
        expect(report).toMatchObject({ stack: "dev", hypervisor: "cell", accelerator: "kvm", ready: true });
        expect(report.checks.filter(({ state }) => state !== "ok")).toEqual([]);
    });

    it.each(Object.entries(broken))("names the remedies on %s", async (_, { machine, remedies }) => {
        const report = await reportOf(machine);
        expect(report.ready).toBe(false);
        expect(report.checks.flatMap(({ state, remedy }) => (state === "fail" ? [remedy] : []))).toEqual(remedies);
    });

    it("names the reason and a remedy of everything that it reports", async () => {
        for (const { machine } of Object.values(broken)) {
            for (const { name, state, detail, remedy } of (await reportOf(machine)).checks) {
                expect(detail, name).not.toBe("");
                expect(remedy ?? "", name).toMatch(state === "fail" || state === "warn" ? /^[a-z]/ : /^$/);
            }
        }
    });

    it("changes nothing: it writes only to the cache", async () => {
        const host = fakeHost(healthy);
        await examine(host, "/lab", "dev");
        expect(Object.keys(host.written)).toEqual(["/home/ann/.cache/certificate-lab/kvm-probe.json"]);
    });

    it("closes its connections", async () => {
        const host = fakeHost(broken["a remote hypervisor that the provider's SSH does not accept"]?.machine ?? {});
        await examine(host, "/lab", "dev");
        expect(host.tunnels.map(({ open }) => open)).toEqual([false]);
    });

    it("needs a password only while make up needs root's rights", async () => {
        expect(await examine(fakeHost(healthy), "/lab", "dev")).toMatchObject({ needsPassword: false });
        const fresh = broken["a fresh Ubuntu 24.04 desktop"]?.machine ?? {};
        expect(await examine(fakeHost(fresh), "/lab", "dev")).toMatchObject({ needsPassword: true });
    });
});

describe("table", () => {
    it("has a row for each check and the remedy below", async () => {
        const text = table(await reportOf(broken["a fresh Ubuntu 24.04 desktop"]?.machine ?? {}));
        expect(text).toMatch(/^architecture +ok +x86-64$/m);
        expect(text).toMatch(/^user namespaces +fail +kernel.apparmor_restrict_unprivileged_userns is 1/m);
        expect(text).toMatch(/^ +fix: +sudo sysctl --write kernel.apparmor/m);
        expect(text).toMatch(/^The lab cannot be built here: 2 checks have failed. Nothing was changed.$/m);
    });

    it("has only warnings and failures when quiet, nothing on a healthy machine", async () => {
        expect(table(await reportOf(healthy), true)).toBe("");
        const text = table(
            await reportOf(broken["a server with modular daemons and a session URI"]?.machine ?? {}),
            true,
        );
        expect(text.split("\n")).toEqual([
            expect.stringMatching(/^libvirtUri .*bridges/),
            expect.stringMatching(/^ +fix: +pulumi config rm libvirtUri$/),
            "The lab cannot be built here: 1 check has failed. Nothing was changed.",
        ]);
    });
});
