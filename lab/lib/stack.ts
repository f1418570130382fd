import { z } from "zod";
import { addressPlan, defaultNetwork, type MachineName, machineNames } from "../../infra/config/address-plan";
import { knownHostLine, parseKeyPair } from "../../infra/hypervisor/key-pair";
import { labNamesIn, nameOf, pendingResourcesOf, plain, type Resource, resourcesOf, stackNameOf } from "./deployment";
import { type Deployment, exportStack } from "./pulumi";
import type { MachineAccess } from "./ssh";
import { UnreachableError } from "./unreachable-error";

export { UnreachableError } from "./unreachable-error";

/** A stack and its lab, as far as the lab is built. */
export interface Stack {
    /** Undefined when the stack contains nothing. */
    name: string | undefined;
    /** Prefix of the names of the lab's libvirt objects; undefined as long as there is no such object. */
    labName: string | undefined;
    libvirtUri: string;
    /** Progress of the last `pulumi up`. */
    built: "nothing" | "partly" | "completely";
    /** Hairpin NAT on lb; "partly" while an update adds or removes it, or when that update was interrupted. */
    fixed: "yes" | "no" | "partly";
    /** Names of the resources that an update is working on, or was working on when it was interrupted. */
    pending: string[];
    /** Addresses of all six machines. Without a key and with fewer known hosts as long as the keys are not generated. */
    access: Omit<MachineAccess, "provisionerKey"> & { provisionerKey: string | undefined };
    /** kubeadm's admin.conf; undefined as long as there is no control plane. */
    kubeconfig: string | undefined;
    /** Undefined unless the lab is built completely. */
    outputs: LabStack | undefined;
    /** The stack's state with its secrets in plain text: never write it to a file. */
    deployment: Deployment;
}

const outputsSchema = z.object({
    state: z.enum(["broken", "solved"]),
    machines: z.record(z.enum(machineNames), z.string()),
    vip: z.string(),
    network: z.string(),
    domain: z.string(),
    provisionerKey: z.string(),
    knownHosts: z.string(),
    kubeconfig: z.string(),
});

/** The stack's outputs. */
export type LabStack = z.output<typeof outputsSchema> & { machines: Record<MachineName, string> };

/** The last resource of every lab: outputs also exist after an update that failed. */
const lastType = "kubernetes:networking.k8s.io/v1:Ingress";

/**
 * Reads a stack, also one of an interrupted `pulumi up`, with one command of Pulumi.
 *
 * @param name default: the selected stack
 * @throws PulumiError when there is no such stack or its secrets cannot be decrypted
 */
export async function readStack(name?: string): Promise<Stack> {
    return parseStack(await exportStack(name, { showSecrets: true }));
}

/** @throws UnreachableError when the lab is not completely built */
export function outputsOf({ outputs }: Pick<Stack, "outputs">): LabStack {
    if (outputs === undefined) {
        throw new UnreachableError("The lab is not completely built. Continue: make up");
    }
    return outputs;
}

/** @param deployment a stack's state with its secrets in plain text */
export function parseStack(deployment: Deployment): Stack {
    const resources = resourcesOf(deployment);
    const find = (type: string, name?: RegExp) =>
        resources.find((resource) => resource.type === type && (name === undefined || name.test(nameOf(resource))));

    const root = find("pulumi:pulumi:Stack");
    const built = root === undefined ? "nothing" : find(lastType) ? "completely" : "partly";
    const outputs = Object.fromEntries(Object.entries(root?.outputs ?? {}).map(([key, value]) => [key, plain(value)]));
    const hairpinNat = find("certificate-lab:index:HairpinNat");
    return {
        name: root && stackNameOf(root),
        labName: z.string().safeParse(outputs.name).data ?? [...labNamesIn(resources)][0],
        libvirtUri: resources.map(libvirtUriOf).find((uri) => uri) ?? "qemu:///system",
        built,
        // The last resource of hairpin NAT.
        fixed: hairpinNat === undefined ? "no" : find("command:remote:Command", /(^|-)solved$/) ? "yes" : "partly",
        pending: pendingResourcesOf(deployment).map(nameOf),
        access: accessOf(resources),
        kubeconfig: resources.map(kubeconfigOf).find((kubeconfig) => kubeconfig),
        outputs: built === "completely" ? (outputsSchema.safeParse(outputs).data as LabStack | undefined) : undefined,
        deployment,
    };
}

function libvirtUriOf({ type, inputs }: Resource): string | undefined {
    return type === "pulumi:providers:libvirt" ? z.string().safeParse(inputs.uri).data : undefined;
}

function kubeconfigOf({ type, inputs }: Resource): string | undefined {
    return type === "pulumi:providers:kubernetes" ? z.string().safeParse(plain(inputs.kubeconfig)).data : undefined;
}

function accessOf(resources: Resource[]): Stack["access"] {
    const networks = resources.filter(({ type }) => type === "libvirt:index/network:Network");
    const network = networks.flatMap(({ inputs }) => z.array(z.string()).safeParse(inputs.addresses).data ?? [])[0];
    const { machines } = addressPlan(network ?? defaultNetwork);
    const keyPair = (name: string) => {
        const command = resources.find((one) => one.type === "command:local:Command" && nameOf(one) === name);
        const stdout = z.string().safeParse(plain(command?.outputs.stdout));
        return stdout.success ? parseKeyPair(stdout.data) : undefined;
    };
    const knownHost = (machine: MachineName) => {
        const pair = keyPair(`${machine}-host-key`);
        return pair === undefined ? "" : `${knownHostLine(machines[machine], pair.publicKey)}\n`;
    };
    return {
        machines,
        provisionerKey: keyPair("provisioner-key")?.privateKey,
        knownHosts: machineNames.map(knownHost).join(""),
    };
}
