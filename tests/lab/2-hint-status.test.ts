import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machineNames } from "../../infra/config/address-plan";
import type { HintName } from "../../lab/hint/hint";
import { nextHint } from "../../lab/hint/next-hint";
import { observe } from "../../lab/hint/observe";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import type { LabStatus } from "../../lab/status/lab-status";
import { certificateLine, connect, labName, labOutput, startLab, succeed, until, virsh } from "./machines";

const status = async (): Promise<LabStatus> => JSON.parse(await labOutput("status", "--json"));

/** The official rule, to be added (-A) or deleted (-D). */
const rule = (action: "-A" | "-D") =>
    `iptables -t nat ${action} POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE`;

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
        expect(seen.virtualServers).toEqual({
            value: [80, 443].map((port) => ({
                address: `192.168.20.1:${port}`,
                realServers: [`192.168.20.130:${port}`, `192.168.20.131:${port}`],
            })),
        });
    });

    it("goes on without a machine that is paused, and lab hint names it", async () => {
        await virsh("suspend", `${labName}-acme-server`);
        try {
            const stdout = await labOutput("status");
            expect(stdout).toMatch(/^acme-server +192\.168\.20\.125 +paused +acme-server is paused$/m);
            expect(stdout).toMatch(/^host +192\.168\.20\.20 +running +up /m);
            expect(await labOutput("hint", "--lang", "ja")).toContain("acme-serverが応答しません");
        } finally {
            await virsh("resume", `${labName}-acme-server`);
        }
    });

    it("watches until Ctrl-C, which ends it without an error", async () => {
        const { child, ended } = startLab("status", "--watch");
        let screens = "";
        child.stdout.on("data", (chunk) => {
            screens += chunk;
        });
        await until("two screens", async () => screens.split("MACHINE").length > 2);
        child.kill("SIGINT");
        expect((await ended).exitCode).toBe(0);
    });
});

describe("lab hint", () => {
    let stack: LabStack;
    let machines: Machines;

    const onLb = (command: string) => succeed(machines, "lb", command);
    const hint = async () => nextHint(await observe(machines, stack, () => {}));

    beforeAll(async () => {
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it("begins at the challenge on a lab that nobody has touched, and shows no more than the first step", async () => {
        const stdout = await labOutput("hint");
        expect(stdout).toContain("kubectl describe challenges");
        expect(stdout).toContain("Deeper: lab hint --step 2");
        expect(stdout).not.toContain("net.ipv4.vs.conntrack");
    });

    it("goes on with what is missing of hairpin NAT, whichever half was done first", async () => {
        await onLb("sysctl -w net.ipv4.vs.conntrack=1");
        expect(await hint()).toMatchObject({ name: "rule-missing" });
        await onLb(`sysctl -w net.ipv4.vs.conntrack=0 && ${rule("-A")}`);
        expect(await hint()).toMatchObject({ name: "sysctl-missing" });
    });

    it("waits for the certificate, then asks for persistence, part by part", async () => {
        await onLb("sysctl -w net.ipv4.vs.conntrack=1");
        const seen = new Set<HintName>();
        await until("the end state", async () => {
            const { name } = await hint();
            seen.add(name);
            return name === "sysctl-not-persistent";
        });
        expect(["certificate-waiting", "page-missing", "sysctl-not-persistent"]).toEqual(
            expect.arrayContaining([...seen]),
        );
        await onLb("echo net.ipv4.vs.conntrack=1 >/etc/sysctl.d/90-hairpin-nat.conf");
        expect(await hint()).toMatchObject({ name: "module-not-persistent" });
        await onLb("echo ip_vs >/etc/modules-load.d/ip_vs.conf");
        expect(await hint()).toMatchObject({ name: "rules-not-persistent" });
        await onLb("netfilter-persistent save");
        expect(await hint()).toMatchObject({ name: "solved" });
    });

    it("begins anew once everything is undone", async () => {
        await onLb(
            `${rule("-D")} && netfilter-persistent save && sysctl -w net.ipv4.vs.conntrack=0 && conntrack -F && ` +
                "rm /etc/sysctl.d/90-hairpin-nat.conf /etc/modules-load.d/ip_vs.conf",
        );
        expect(await hint()).toMatchObject({ name: "only-certificate" });
        await succeed(machines, "host", "reissue-certificate", { deadline: 600 });
        await until("a broken lab", async () => (await hint()).name === "untouched");
        expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False /m);
    });
});
