import { expect, it } from "vitest";
import { parseStackState } from "./stack-state";

const resource = (type: string, name: string, fields: { inputs?: object; outputs?: object } = {}) => ({
    urn: `urn:pulumi:dev::certificate-lab::${type}::${name}`,
    type,
    ...fields,
});

const keyPair = (name: string) =>
    resource("command:local:Command", name, {
        outputs: { stdout: { plaintext: JSON.stringify(`-----BEGIN\n${name}\n-----END\nssh-ed25519 AAAA ${name}`) } },
    });

const exported = (resources: object[] | undefined, pending: object[] = []) =>
    JSON.stringify({
        version: 3,
        deployment: { resources, pending_operations: pending.map((one) => ({ resource: one, type: "creating" })) },
    });

const base = [
    resource("pulumi:pulumi:Stack", "certificate-lab-dev"),
    resource("pulumi:providers:libvirt", "hypervisor", { inputs: { uri: "qemu+ssh://root@server/system" } }),
    resource("libvirt:index/network:Network", "front", { inputs: { addresses: ["192.168.77.0/24"] } }),
];

it("knows a stack that holds nothing", () => {
    expect(parseStackState(exported(undefined))).toMatchObject({
        labName: undefined,
        libvirtUri: "qemu:///system",
        built: "nothing",
        fixed: "no",
        pending: [],
        access: { provisionerKey: undefined, knownHosts: "" },
    });
});

it("finds in a half-built stack what it has: keys, hypervisor, network, what it was working on", () => {
    const state = parseStackState(
        exported(
            [...base, keyPair("provisioner-key"), keyPair("lb-host-key")],
            [resource("command:remote:Command", "lb-ready")],
        ),
    );
    expect(state).toMatchObject({
        labName: "certificate-lab-dev",
        libvirtUri: "qemu+ssh://root@server/system",
        built: "partly",
        pending: ["lb-ready"],
    });
    expect(state.access.machines.lb).toBe("192.168.77.1");
    expect(state.access.provisionerKey).toBe("-----BEGIN\nprovisioner-key\n-----END\n");
    expect(state.access.knownHosts).toBe("192.168.77.1 ssh-ed25519 AAAA\n");
});

it("takes a lab for completely built once it has its Ingress: an update that failed has outputs, too", () => {
    const root = resource("pulumi:pulumi:Stack", "certificate-lab-dev", { outputs: { state: "broken" } });
    const ingress = resource("kubernetes:networking.k8s.io/v1:Ingress", "web.yaml:default/a-web");
    expect(parseStackState(exported([root])).built).toBe("partly");
    expect(parseStackState(exported([root, ingress])).built).toBe("completely");
});

it.each([
    ["no", []],
    ["partly", [resource("certificate-lab:index:HairpinNat", "hairpin-nat")]],
    [
        "yes",
        [resource("certificate-lab:index:HairpinNat", "hairpin-nat"), resource("command:remote:Command", "solved")],
    ],
])("tells that fixed is %s", (fixed, resources) => {
    expect(parseStackState(exported([...base, ...resources])).fixed).toBe(fixed);
});
