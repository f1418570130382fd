import { join } from "node:path";
import execa from "execa";
import { z } from "zod";
import { addressPlan, defaultNetwork, type MachineName, machineNames } from "../../infra/config/address-plan";
import { repositoryRoot } from "../../infra/config/config-files";
import { knownHostLine, parseKeyPair } from "../../infra/hypervisor/key-pair";
import type { MachineAccess } from "./ssh";
import { UnreachableError } from "./stack";

/** What a stack's state holds of its lab, however far that was built. */
export interface StackState {
    /** Prefix of the libvirt objects' names; undefined when the stack holds nothing. */
    labName: string | undefined;
    libvirtUri: string;
    /** How far the last `pulumi up` came. */
    built: "nothing" | "partly" | "completely";
    /** Hairpin NAT on lb; "partly" while it comes or goes, or when that was interrupted. */
    fixed: "yes" | "no" | "partly";
    /** Resources that an update is working on, or was when it was interrupted. */
    pending: string[];
    /** Addresses of all six; the key is undefined, and known_hosts shorter, as long as they are not made. */
    access: Omit<MachineAccess, "provisionerKey"> & { provisionerKey: string | undefined };
}

const resourceSchema = z.object({
    urn: z.string(),
    type: z.string(),
    inputs: z.record(z.string(), z.unknown()).default({}),
    outputs: z.record(z.string(), z.unknown()).default({}),
});

const exportSchema = z.object({
    deployment: z.object({
        resources: z.array(resourceSchema).nullish(),
        pending_operations: z.array(z.object({ resource: resourceSchema })).nullish(),
    }),
});

const ingressType = "kubernetes:networking.k8s.io/v1:Ingress";

/** With --show-secrets the state writes a secret as an object with its JSON. */
const stdoutSchema = z.union([
    z.string(),
    z
        .object({ plaintext: z.string().transform((json) => z.string().parse(JSON.parse(json))) })
        .transform((s) => s.plaintext),
]);

/**
 * Reads the state of a stack, which has what an interrupted `pulumi up` has made, while the outputs are written last.
 *
 * @param stack its name; default the selected one
 * @throws UnreachableError when there is no such stack
 */
export async function readStackState(stack?: string): Promise<StackState> {
    const args = ["stack", "export", "--show-secrets", ...(stack ? ["--stack", stack] : [])];
    const result = await execa(join(repositoryRoot, "bin", "pulumi"), args, { cwd: repositoryRoot, reject: false });
    if (result.exitCode !== 0) {
        throw new UnreachableError(`There is no lab: ${result.stderr}\nBuild one: make up`);
    }
    return parseStackState(result.stdout);
}

/** @param exported what `pulumi stack export --show-secrets` prints */
export function parseStackState(exported: string): StackState {
    const { deployment } = exportSchema.parse(JSON.parse(exported));
    const resources = deployment.resources ?? [];
    const find = (type: string, name?: string) =>
        resources.find((resource) => resource.type === type && (name === undefined || nameOf(resource.urn) === name));
    const keyPair = (name: string) => {
        const stdout = stdoutSchema.safeParse(find("command:local:Command", name)?.outputs.stdout);
        return stdout.success ? parseKeyPair(stdout.data) : undefined;
    };

    const root = find("pulumi:pulumi:Stack");
    const hairpinNat = find("certificate-lab:index:HairpinNat");
    const network = z.array(z.string()).safeParse(find("libvirt:index/network:Network", "front")?.inputs.addresses);
    const { machines } = addressPlan(network.data?.[0] ?? defaultNetwork);
    return {
        // The root resource is named <project>-<stack>, and so are the lab's libvirt objects.
        labName: root && nameOf(root.urn),
        libvirtUri:
            z.string().safeParse(find("pulumi:providers:libvirt", "hypervisor")?.inputs.uri).data ?? "qemu:///system",
        // An update that failed writes the outputs, too; the Ingress is the last thing that every lab gets.
        built: root === undefined ? "nothing" : find(ingressType) ? "completely" : "partly",
        fixed: hairpinNat === undefined ? "no" : find("command:remote:Command", "solved") ? "yes" : "partly",
        pending: (deployment.pending_operations ?? []).map(({ resource }) => nameOf(resource.urn)),
        access: {
            machines,
            provisionerKey: keyPair("provisioner-key")?.privateKey,
            knownHosts: machineNames.map((name) => hostLine(machines, name, keyPair(`${name}-host-key`))).join(""),
        },
    };
}

function hostLine(
    machines: Record<MachineName, string>,
    name: MachineName,
    pair: { publicKey: string } | undefined,
): string {
    return pair === undefined ? "" : `${knownHostLine(machines[name], pair.publicKey)}\n`;
}

/** A resource's name: what follows the last `::` of its URN, https://www.pulumi.com/docs/iac/concepts/resources/names/ */
function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}
