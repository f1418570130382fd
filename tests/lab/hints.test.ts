import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsOf } from "../../lab/hint/facts";
import type { HintName } from "../../lab/hint/hint";
import { nextHint } from "../../lab/hint/next-hint";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { certificateLine, connect, examine, labName, labOutput, succeed, until, virsh } from "./machines";

/** The official rule, to be added (-A) or deleted (-D). */
const rule = (action: "-A" | "-D") =>
    `iptables -t nat ${action} POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE`;

describe("lab hint", () => {
    let stack: LabStack;
    let machines: Machines;

    const onLb = (command: string) => succeed(machines, "lb", command);
    const hint = async () => nextHint(factsOf((await examine(machines, stack)).evidence));

    beforeAll(async () => {
        ({ stack, machines } = await connect());
    });

    afterAll(() => machines?.close());

    it("begins at the challenge on the lab as built, and shows only the first step", async () => {
        const stdout = await labOutput("hint");
        expect(stdout).toContain("kubectl describe challenges");
        expect(stdout).toContain("Next step: lab hint --step 2");
        expect(stdout).not.toContain("net.ipv4.vs.conntrack");
    });

    it("continues with the missing step of hairpin NAT, in either order", async () => {
        await onLb("sysctl -w net.ipv4.vs.conntrack=1");
        expect(await hint()).toMatchObject({ name: "rule-missing" });
        await onLb(`sysctl -w net.ipv4.vs.conntrack=0 && ${rule("-A")}`);
        expect(await hint()).toMatchObject({ name: "sysctl-missing" });
    });

    it("waits for the certificate, then names each setting that is not persistent", async () => {
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
        await onLb("echo net.ipv4.vs.conntrack=1 >>/etc/sysctl.conf");
        expect(await hint()).toMatchObject({ name: "rules-not-persistent" });
        await onLb("netfilter-persistent save");
        expect(await hint()).toMatchObject({ name: "solved" });
    });

    it("begins again when everything is undone", async () => {
        await onLb(
            `${rule("-D")} && netfilter-persistent save && sysctl -w net.ipv4.vs.conntrack=0 && conntrack -F && ` +
                "sed --in-place /vs.conntrack/d /etc/sysctl.conf",
        );
        expect(await hint()).toMatchObject({ name: "only-certificate" });
        await succeed(machines, "host", "reissue-certificate", { deadline: 600 });
        await until("a broken lab", async () => (await hint()).name === "untouched");
        expect(await certificateLine(machines)).toMatch(/^www-ictsc-test-tls +False /m);
    });

    it("names a machine that is paused", async () => {
        await virsh("suspend", `${labName}-acme-server`);
        try {
            expect(await labOutput("hint", "--lang", "ja")).toContain("acme-server");
        } finally {
            await virsh("resume", `${labName}-acme-server`);
        }
    });
});
