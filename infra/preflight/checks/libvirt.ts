import { type Check, ok, pending } from "../check.ts";
import { providerConnection, virshProblem } from "../libvirt.ts";
import { parseLibvirtUri, refusalOf } from "../libvirt-uri.ts";
import { planProviderSsh } from "../provider-ssh.ts";

/** The lab and the provider support some of libvirt's URIs. */
export const libvirtUri: Check = {
    name: "libvirtUri",
    stage: "lab",
    applies: ({ hypervisor }) => hypervisor !== "cell",
    run: ({ context }) => refusalOf(context.libvirtUri) ?? ok(context.libvirtUri),
};

const isUsable = (uri: string) => refusalOf(uri) === undefined;

/** libvirt responds to virsh, which the lab's commands use. */
export const libvirt: Check = {
    name: "libvirt",
    stage: "lab",
    applies: ({ hypervisor, libvirtUri: uri }) => hypervisor !== "cell" && isUsable(uri),
    async run(inspection) {
        if (providerSsh.applies(inspection.context) && (await providerConnection(inspection)).problem) {
            return pending("follows when the provider's connection works");
        }
        return (await virshProblem(inspection)) ?? ok("responds to virsh");
    },
};

/** The connection of the libvirt provider, whose SSH client is not ssh(1). */
export const providerSsh: Check = {
    name: "provider's SSH",
    stage: "lab",
    applies: ({ hypervisor, libvirtUri: uri }) =>
        hypervisor === "remote" && isUsable(uri) && parseLibvirtUri(uri).transport === "ssh",
    async run(inspection) {
        const { problem } = await providerConnection(inspection);
        if (problem !== undefined) {
            return problem;
        }
        const plan = await planProviderSsh(inspection);
        const ignored = "ignored" in plan && plan.ignored.length > 0 ? `; ignores ${plan.ignored.join(", ")}` : "";
        return ok(`host key and login are accepted, and libvirt responds${ignored}`);
    },
};
