import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { addressPlan, machineNames } from "./config/address-plan";
import { repositoryRoot } from "./config/config-files";
import { deadline, pem, type Registration, runProgram, stackName } from "./run-program";

const ofType = (registrations: Registration[], type: string) => registrations.filter((r) => r.type === type);
const namesOf = (registrations: Registration[], type: string) => ofType(registrations, type).map((r) => r.name);
const inputsOf = (registrations: Registration[], name: string) => registrations.find((r) => r.name === name)?.inputs;

/** A text of inputs in which secrets are not readable. */
const readable = (inputs: unknown) =>
    JSON.stringify(inputs, (_, value) =>
        value?.[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig ? "secret" : value,
    );

/** Names of all resources that have to be created before a resource. */
function prerequisites(registrations: Registration[], name: string): Set<string> {
    const found = new Set<string>();
    const visit = (one: string) => {
        for (const dependency of registrations.find((r) => r.name === one && !r.type.startsWith("certificate-lab:"))
            ?.dependencies ?? []) {
            if (!found.has(dependency)) {
                found.add(dependency);
                visit(dependency);
            }
        }
    };
    visit(name);
    return found;
}

describe("the program", () => {
    let broken: Registration[];
    let solved: Registration[];

    beforeAll(async () => {
        broken = await runProgram({});
        solved = await runProgram({ fixed: "true" });
    }, 2 * deadline);

    it("creates six machines in two networks", () => {
        expect(namesOf(broken, "libvirt:index/domain:Domain").sort()).toEqual(
            machineNames.map((name) => `${name}-domain`).sort(),
        );
        expect(namesOf(broken, "libvirt:index/network:Network").sort()).toEqual(["networks-cluster", "networks-front"]);
    });

    it("starts the networks with libvirtd", () => {
        for (const { inputs } of ofType(broken, "libvirt:index/network:Network")) {
            expect(inputs.autostart).toBe(true);
        }
    });

    it("names each resource after its component, and each name is used once", () => {
        for (const { name, parent } of broken.concat(solved)) {
            expect(name.startsWith(parent ?? ""), `${name} in ${parent}`).toBe(true);
        }
        const keys = solved.map(({ type, name }) => `${type}::${name}`);
        expect(keys).toEqual([...new Set(keys)]);
    });

    it("creates volumes and domains one after another", () => {
        const operations = solved.filter(({ type }) => /^libvirt:.*:(Volume|Domain)$/.test(type)).map((r) => r.name);
        for (const [index, name] of operations.entries()) {
            for (const earlier of operations.slice(0, index)) {
                expect(prerequisites(solved, name), name).toContain(earlier);
            }
        }
        expect(operations).toHaveLength(3 + 3 * machineNames.length);
    });

    it("adds with fixed the resources of hairpin NAT and no others", () => {
        const key = ({ type, name }: Registration) => `${type} ${name}`;
        const keys = { broken: new Set(broken.map(key)), solved: new Set(solved.map(key)) };
        expect(
            solved
                .filter((r) => !keys.broken.has(key(r)))
                .map(key)
                .sort(),
        ).toEqual([
            "certificate-lab:index:HairpinNat hairpin-nat",
            "certificate-lab:index:RemoteFile hairpin-nat-conntrack",
            "command:remote:Command hairpin-nat-certificate",
            "command:remote:Command hairpin-nat-conntrack",
            "command:remote:Command hairpin-nat-rule",
            "command:remote:Command hairpin-nat-solved",
        ]);
        expect(broken.filter((r) => !keys.solved.has(key(r)))).toEqual([]);
    });

    it("undoes hairpin NAT in reverse order, the certificate last", () => {
        const dependencies = (name: string) => prerequisites(solved, `hairpin-nat-${name}`);
        expect(dependencies("conntrack")).toContain("hairpin-nat-certificate");
        expect(dependencies("rule")).toContain("hairpin-nat-conntrack");
        expect(dependencies("solved")).toContain("hairpin-nat-rule");
    });

    it("runs the repository's script on lb for the rule and its removal", () => {
        expect(inputsOf(solved, "hairpin-nat-rule")).toMatchObject({
            create: "bash -s -- add",
            delete: "bash -s -- remove",
            stdin: expect.stringContaining("rule=(-s 192.168.20.128/25 -m ipvs --vaddr 192.168.20.1/32 -j MASQUERADE)"),
        });
    });

    it("moves the rule to another network", async () => {
        const moved = await runProgram({ fixed: "true", network: "10.9.8.0/24" });
        expect(inputsOf(moved, "hairpin-nat-rule").stdin).toContain("-s 10.9.8.128/25 -m ipvs --vaddr 10.9.8.1/32");
        expect(readable(moved.map(({ inputs }) => inputs))).not.toContain("192.168.20.");
    });

    it("has the workers join after all definitions and before all workloads", () => {
        const objects = broken.filter(({ type }) => type.startsWith("kubernetes:") && !type.includes(":yaml:"));
        const needsNodes = ({ type }: Registration) =>
            /:(Deployment|DaemonSet|Service|ClusterIssuer|Ingress)$/.test(type);
        const [definitions, workloads] = [objects.filter((r) => !needsNodes(r)), objects.filter(needsNodes)];
        expect([definitions.length, workloads.length]).not.toContain(0);
        for (const worker of ["k8s-worker1", "k8s-worker2"]) {
            const earlier = prerequisites(broken, `workers-${worker}-joined`);
            expect(definitions.filter(({ name }) => !earlier.has(name)).map(({ name }) => name)).toEqual([]);
            expect(prerequisites(broken, "workers-ready")).toContain(`workers-${worker}-joined`);
        }
        for (const { name } of workloads) {
            expect(prerequisites(broken, name), name).toContain("workers-ready");
        }
    });

    it("deletes nothing inside a machine whose domain is deleted", () => {
        for (const { name, deletedWith } of ofType(solved, "command:remote:Command")) {
            expect(deletedWith, name).toMatch(/-domain$/);
        }
        const inCluster = solved.filter(({ type }) =>
            /^(pulumi:providers:kubernetes$|kubernetes:(?!yaml:))/.test(type),
        );
        expect(inCluster.filter(({ deletedWith }) => deletedWith !== "k8s-master-domain")).toEqual([]);
    });

    it("has a refresh fail, not forget the objects, while the cluster is unreachable", () => {
        const [{ inputs } = { inputs: {} }] = ofType(solved, "pulumi:providers:kubernetes");
        expect(Object.keys(inputs)).toEqual(["kubeClientSettings", "kubeconfig"]);
    });

    it("repeats every command on another machine under the same name, and gives each a deadline", () => {
        for (const { name, inputs, deletedWith, timeout } of ofType(solved, "command:remote:Command")) {
            expect(inputs.triggers[0], name).toBe(`${deletedWith}-id`);
            expect(timeout, name).toMatch(/^\d+s$/);
        }
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

    it("ignores no changes of a command that runs when it is deleted", () => {
        const ignoring = solved.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
        for (const { name, inputs, ignoreChanges } of ignoring) {
            expect(ignoreChanges, name).not.toContain("delete");
            expect(inputs.delete === undefined || !ignoreChanges.includes("create"), name).toBe(true);
        }
        expect(ignoring).not.toEqual([]);
    });

    it("names all libvirt objects after the setting", async () => {
        const renamed = await runProgram({ name: "other-lab" });
        const names = (type: string) => ofType(renamed, type).map((r) => r.inputs.name);
        expect(names("libvirt:index/network:Network").sort()).toEqual(["other-lab-cluster", "other-lab-front"]);
        expect(names("libvirt:index/pool:Pool")).toEqual(["other-lab"]);
        expect(names("libvirt:index/domain:Domain").sort()).toEqual(
            Object.keys(addressPlan().machines)
                .map((name) => `other-lab-${name}`)
                .sort(),
        );
    });

    it("gives the contestant an account on lb and host only", () => {
        const machines = broken
            .filter((r) => r.type === "command:local:Command" && JSON.stringify(r.inputs.stdin)?.includes("ictsc2020"))
            .map((r) => r.name);
        expect(machines.sort()).toEqual(["host-cloud-init-file", "lb-cloud-init-file"]);
    });

    it("passes private keys as secrets", () => {
        for (const { name, inputs } of solved) {
            expect(readable(inputs), name).not.toContain("PRIVATE KEY OF");
            expect(readable(inputs), name).not.toContain(Buffer.from(pem("PRIVATE KEY", "AAAA")).toString("base64"));
        }
    });
});

describe("the outputs", () => {
    it("are data, complete, and with the keys as secrets", async () => {
        const outputs: Record<string, unknown> = {};
        await runProgram({ network: "10.9.8.0/24" }, outputs);
        expect(Object.keys(outputs).sort()).toEqual([
            "domain",
            "knownHosts",
            "kubeconfig",
            "machines",
            "name",
            "network",
            "provisionerKey",
            "state",
            "vip",
        ]);
        const known = await resolved(outputs.knownHosts);
        expect(known.value).toMatch(/^(10\.9\.8\.\d+ ssh-ed25519 AAAA\n){6}$/);
        expect(outputs).toMatchObject({
            name: "certificate-lab",
            state: "broken",
            vip: "10.9.8.1",
            domain: "ictsc.test",
        });
        for (const name of ["provisionerKey", "kubeconfig"]) {
            expect((await resolved(outputs[name])).secret, name).toBe(true);
        }
    });
});

async function resolved(output: unknown): Promise<{ value: unknown; secret: boolean }> {
    const { isSecret, promise } = output as { isSecret: Promise<boolean>; promise(): Promise<unknown> };
    return { value: await promise.call(output), secret: await isSecret };
}
