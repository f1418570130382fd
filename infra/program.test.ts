import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { addressPlan } from "./config/address-plan";
import { repositoryRoot } from "./config/config-files";
import { pem, type Registration, runProgram, stackName } from "./run-program";

const named = (all: Registration[], type: string) => all.filter((r) => r.type === type).map((r) => r.name);

describe("the program", () => {
    let broken: Registration[];
    let solved: Registration[];

    beforeAll(async () => {
        broken = await runProgram({});
        solved = await runProgram({ fixed: "true" });
    });

    it("asks for six machines in two networks", () => {
        expect(named(broken, "libvirt:index/domain:Domain").sort()).toEqual(
            Object.keys(addressPlan().machines)
                .map((name) => `${name}-domain`)
                .sort(),
        );
        expect(named(broken, "libvirt:index/network:Network").sort()).toEqual(["cluster", "front"]);
    });

    it("solves with the hairpin NAT's resources and no others", () => {
        const key = (r: Registration) => `${r.type} ${r.name}`;
        const before = new Set(broken.map(key));
        expect(
            solved
                .filter((r) => !before.has(key(r)))
                .map((r) => r.name)
                .sort(),
        ).toEqual([
            "certificate-reset",
            "hairpin-nat",
            "hairpin-nat-rule",
            "hairpin-nat/etc/modules-load.d/ip_vs.conf",
            "hairpin-nat/etc/sysctl.d/90-hairpin-nat.conf",
            "solved",
        ]);
        const after = new Set(solved.map(key));
        expect(broken.filter((r) => !after.has(key(r)))).toEqual([]);
    });

    it("has the workers join before pods start, and after all that makes none", () => {
        const places = (wanted: (r: Registration) => boolean) =>
            broken.flatMap((r, place) => (wanted(r) ? [place] : []));
        const kubernetes = (r: Registration) => r.type.startsWith("kubernetes:") && !r.type.includes("yaml");
        const pods = (r: Registration) => /:(Deployment|DaemonSet|Service)$/.test(r.type);
        const served = (r: Registration) => /:(ClusterIssuer|Ingress)$/.test(r.type);
        const prepared = places((r) => kubernetes(r) && !pods(r) && !served(r));
        const joined = places((r) => r.name.endsWith("-joined"));
        const [ready = Number.NaN] = places((r) => r.name === "nodes-ready");
        expect(Math.max(...prepared)).toBeLessThan(Math.min(...joined));
        expect(Math.max(...joined)).toBeLessThan(ready);
        expect(ready).toBeLessThan(Math.min(...places((r) => pods(r) || served(r))));
    });

    it("undoes the official rule by its place, which is known after a reboot as well", () => {
        const rule = solved.find((r) => r.name === "hairpin-nat-rule")?.inputs;
        const text = "POSTROUTING -s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1";
        expect(rule.create).toContain(`iptables -t nat -A ${text}/32 -j MASQUERADE`);
        expect(rule.delete).toContain(`-e '-A ${text}(/32)? -j MASQUERADE'`);
        expect(rule.delete).toContain('iptables -t nat -D POSTROUTING "$n"');
    });

    it("has no path of the clone in any input", () => {
        expect(JSON.stringify(solved)).not.toContain(repositoryRoot);
    });

    it("has the stack's name in one input", () => {
        const containing = solved.filter((r) => JSON.stringify(r.inputs).includes(stackName));
        expect(containing.map((r) => [r.name, r.inputs.environment])).toEqual([
            ["reset-on-destroy", { PULUMI_STACK: stackName }],
        ]);
    });

    it("names all libvirt objects after the setting", async () => {
        const renamed = await runProgram({ name: "other-lab" });
        const names = (type: string) => renamed.filter((r) => r.type === type).map((r) => r.inputs.name);
        expect(names("libvirt:index/network:Network").sort()).toEqual(["other-lab-cluster", "other-lab-front"]);
        expect(names("libvirt:index/pool:Pool")).toEqual(["other-lab"]);
        expect(names("libvirt:index/domain:Domain").sort()).toEqual(
            Object.keys(addressPlan().machines)
                .map((name) => `other-lab-${name}`)
                .sort(),
        );
    });

    it("lets a password open lb and host only", () => {
        const userData = broken
            .filter((r) => r.type === "command:local:Command" && r.name.endsWith("-cloud-init-file"))
            .map((r) => [r.name, JSON.stringify(r.inputs.stdin).includes("ictsc2020")]);
        expect(Object.fromEntries(userData)).toEqual({
            "lb-cloud-init-file": true,
            "host-cloud-init-file": true,
            "acme-server-cloud-init-file": false,
            "k8s-master-cloud-init-file": false,
            "k8s-worker1-cloud-init-file": false,
            "k8s-worker2-cloud-init-file": false,
        });
    });

    it("hands private keys over as secrets", () => {
        for (const { name, inputs } of broken) {
            const clear = JSON.stringify(inputs, (_, value) =>
                value !== null &&
                typeof value === "object" &&
                value[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig
                    ? "secret"
                    : value,
            );
            expect(clear, name).not.toContain("PRIVATE KEY OF");
            expect(clear, name).not.toContain(Buffer.from(pem("PRIVATE KEY", "AAAA")).toString("base64"));
        }
    });
});
