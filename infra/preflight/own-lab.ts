import { type Output, runtime } from "@pulumi/pulumi";
import type { Settings } from "../config/settings";
import { type HostFacts, localHost } from "./host-facts.ts";
import { Inspection } from "./inspection.ts";
import { providerConnection } from "./libvirt.ts";
import { contextOf, PreflightError } from "./preflight.ts";

/**
 * Checks, before an update creates a libvirt object, that no other stack has a lab of this name at the same libvirtd. The
 * front network of a lab contains the fingerprint of the lab's SSH key (front-network.xsl).
 *
 * A preview checks nothing: the key of a new stack is not generated yet.
 *
 * @param fingerprint of the SSH key of this stack's lab
 * @throws PreflightError
 */
export async function assertOwnLab(
    settings: Settings,
    fingerprint: Output<string>,
    host: HostFacts = localHost,
): Promise<void> {
    if (runtime.isDryRun()) {
        return;
    }
    const own = await new Promise<string>((resolve) => fingerprint.apply(resolve));
    const { name, libvirtUri } = settings;
    const network = `${name}-front`;
    const inspection = new Inspection(host, contextOf(settings, name, host));
    try {
        const { libvirt } = await providerConnection(inspection);
        const exists = libvirt?.names.networks.includes(network);
        if (exists && !(await libvirt?.virsh("net-dumpxml", network))?.includes(own)) {
            throw new PreflightError(
                `A lab named ${name} exists at ${libvirtUri}, and another stack created it; nothing was changed. ` +
                    "Destroy it there, or choose another name and network:\n" +
                    "  pulumi config set name other-lab\n  pulumi config set network 192.168.77.0/24",
            );
        }
    } finally {
        await inspection.close();
    }
}
