import { describe, expect, it } from "vitest";
import { outputsOf, parseStack } from "./stack";
import { UnreachableError } from "./unreachable-error";

const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
});

const resource = (type: string, name: string, fields: { inputs?: object; outputs?: object } = {}) => ({
    urn: `urn:pulumi:dev::certificate-lab::${type}::${name}`,
    type,
    ...fields,
});

const keyPair = (name: string) =>
    resource("command:local:Command", name, {
        outputs: { stdout: secret(`-----BEGIN\n${name}\n-----END\nssh-ed25519 AAAA ${name}`) },
    });

const domain = (name: string) =>
    resource("libvirt:index/domain:Domain", name, { inputs: { name: `certificate-lab-dev-${name}` } });

const exported = (resources: object[] | undefined, pending: object[] = []) => ({
    version: 3,
    deployment: { resources, pending_operations: pending.map((one) => ({ resource: one, type: "creating" })) },
});

const stack = (outputs: object = {}) => resource("pulumi:pulumi:Stack", "certificate-lab-dev", { outputs });
const base = [
    stack(),
    resource("pulumi:providers:libvirt", "default"),
    resource("pulumi:providers:libvirt", "hypervisor", { inputs: { uri: "qemu+ssh://root@server/system" } }),
    resource("libvirt:index/network:Network", "kubernetes"),
    resource("libvirt:index/network:Network", "front", { inputs: { addresses: ["192.168.77.0/24"] } }),
    domain("k8s-worker1"),
];
const ingress = resource("kubernetes:networking.k8s.io/v1:Ingress", "web.yaml:default/a-web");

const outputs = {
    state: "broken",
    machines: Object.fromEntries(
        ["lb", "host", "acme-server", "k8s-master", "k8s-worker1", "k8s-worker2"].map((name, i) => [
            name,
            `10.0.0.${i}`,
        ]),
    ),
    vip: "10.0.0.0",
    network: "10.0.0.0/24",
    domain: "ictsc.test",
    provisionerKey: secret("KEY"),
    knownHosts: "10.0.0.0 ssh-ed25519 AAAA\n",
    kubeconfig: secret("apiVersion: v1"),
};

it("reads an empty stack", () => {
    expect(parseStack(exported(undefined))).toMatchObject({
        name: undefined,
        labName: undefined,
        libvirtUri: "qemu:///system",
        built: "nothing",
        fixed: "no",
        pending: [],
        access: { provisionerKey: undefined, knownHosts: "" },
        kubeconfig: undefined,
        outputs: undefined,
    });
});

it("reads keys, hypervisor, network and pending operations of a half-built stack", () => {
    const state = parseStack(
        exported(
            [
                ...base,
                keyPair("provisioner-key"),
                keyPair("lb-host-key"),
                resource("pulumi:providers:kubernetes", "kubernetes", {
                    inputs: { kubeconfig: secret("apiVersion: v1") },
                }),
            ],
            [resource("command:remote:Command", "lb-ready")],
        ),
    );
    expect(state).toMatchObject({
        name: "dev",
        labName: "certificate-lab-dev",
        libvirtUri: "qemu+ssh://root@server/system",
        built: "partly",
        pending: ["lb-ready"],
        kubeconfig: "apiVersion: v1",
        outputs: undefined,
    });
    expect(state.access.machines.lb).toBe("192.168.77.1");
    expect(state.access.provisionerKey).toBe("-----BEGIN\nprovisioner-key\n-----END\n");
    expect(state.access.knownHosts).toBe("192.168.77.1 ssh-ed25519 AAAA\n");
});

describe("labName", () => {
    it("is the output name where there is one", () => {
        expect(parseStack(exported([stack({ name: "my-lab" }), domain("lb")])).labName).toBe("my-lab");
    });

    it("is undefined without output and domain", () => {
        expect(parseStack(exported([stack()])).labName).toBeUndefined();
    });
});

describe("outputs", () => {
    it("have their secrets in plain text", () => {
        const { outputs: read } = parseStack(exported([stack(outputs), ingress]));
        expect(read).toEqual({ ...outputs, provisionerKey: "KEY", kubeconfig: "apiVersion: v1" });
    });

    it("are undefined before the Ingress exists: an update that failed has outputs, too", () => {
        const partly = parseStack(exported([stack(outputs)]));
        expect(partly.built).toBe("partly");
        expect(partly.outputs).toBeUndefined();
        expect(() => outputsOf(partly)).toThrow(UnreachableError);
    });

    it("are undefined when one is missing", () => {
        const { kubeconfig: _, ...fewer } = outputs;
        expect(parseStack(exported([stack(fewer), ingress])).outputs).toBeUndefined();
    });
});

it.each([
    ["no", []],
    ["partly", [resource("certificate-lab:index:HairpinNat", "hairpin-nat")]],
    [
        "yes",
        [resource("certificate-lab:index:HairpinNat", "hairpin-nat"), resource("command:remote:Command", "solved")],
    ],
])("reads that fixed is %s", (fixed, resources) => {
    expect(parseStack(exported([...base, ...resources])).fixed).toBe(fixed);
});
