import { runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { type Registration, runProgram, stackName } from "../../infra/run-program";
import { labNameIn, libvirtObjects } from "./libvirt-objects";
import type { Deployment } from "./pulumi";
import { parseStack } from "./stack";

/** Registered inputs with secrets in plain text. */
function plain(inputs: unknown): Record<string, unknown> {
    return JSON.parse(JSON.stringify(inputs), (_, value) =>
        value?.[runtime.specialSigKey] === runtime.specialSecretSig ? value.value : value,
    );
}

/** The state after an update that registered these resources. */
function stateOf(registrations: Pick<Registration, "type" | "name" | "inputs">[]): Deployment {
    const resources = registrations.map(({ type, name, inputs }) => ({
        urn: `urn:pulumi:${stackName}::certificate-lab::${type}::${name}`,
        type,
        inputs: plain(inputs),
        // A key pair as generate-ssh-key.sh prints it.
        outputs: name.endsWith("-key") ? { stdout: `PRIVATE KEY\nssh-ed25519 AAAA ${name}` } : {},
    }));
    return { version: 3, deployment: { resources } };
}

/** Names and types that the program in infra/ gives to its resources, and that the commands read. */
describe("a stack of the program", () => {
    let broken: Registration[];
    let solved: Registration[];

    beforeAll(async () => {
        broken = await runProgram({ name: "my-lab", network: "192.168.77.0/24", libvirtUri: "qemu+ssh://a/system" });
        solved = await runProgram({ fixed: "true" });
    });

    it("is read completely", () => {
        const stack = parseStack(stateOf(broken));
        expect(stack).toMatchObject({
            labName: "my-lab",
            libvirtUri: "qemu+ssh://a/system",
            fixed: "no",
            kubeconfig: expect.any(String),
            access: { provisionerKey: "PRIVATE KEY\n" },
        });
        expect(stack.access.machines.lb).toBe("192.168.77.1");
        expect(stack.access.knownHosts.trimEnd().split("\n")).toHaveLength(6);
    });

    it("is built completely with its last resource", () => {
        const root = { type: "pulumi:pulumi:Stack", name: "root", inputs: {} };
        const withoutIngress = broken.filter(({ type }) => !type.endsWith(":Ingress"));
        expect(parseStack(stateOf([root, ...broken])).built).toBe("completely");
        expect(parseStack(stateOf([root, ...withoutIngress])).built).toBe("partly");
    });

    it("is fixed with the last resource of hairpin NAT", () => {
        expect(parseStack(stateOf(solved)).fixed).toBe("yes");
        const last = solved.findIndex(({ name }) => name.endsWith("solved"));
        expect(parseStack(stateOf(solved.toSpliced(last, 1))).fixed).toBe("partly");
    });

    it("has the libvirt objects that a recovery looks for", () => {
        const names = broken.flatMap(({ type, inputs }) => {
            const [, kind] = /^libvirt:.*:(Domain|Network|Pool)$/.exec(type) ?? [];
            return kind === undefined ? [] : [[kind, inputs.name as string] as const];
        });
        const { domains, networks, pool } = libvirtObjects("my-lab");
        expect(names.map(([, name]) => name).sort()).toEqual([...domains, ...networks, pool].sort());
        expect(new Set(names.map(([kind, name]) => labNameIn(kind, name)))).toEqual(new Set(["my-lab"]));
    });
});
