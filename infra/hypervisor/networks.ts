import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "../config/address-plan";
import { fillPlaceholders, readConfigFile } from "../config/config-files";
import type { SshKey } from "./ssh-key";

export interface NetworksArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    plan: AddressPlan;
    /** The front network contains its fingerprint. */
    provisionerKey: SshKey;
}

/**
 * The two segments: front (lb, host, acme-server, the hypervisor) and cluster (lb and the nodes).
 *
 * The front network is routed, not translated: on a hypervisor that filters bridged frames (`bridge-nf-call-iptables`, set
 * by Docker), the masquerading of a NAT network would also rewrite packets between a node and another node's pods. The
 * front bridge has the whole /24 and a route to the cluster segment through lb.
 */
export class Networks extends pulumi.ComponentResource {
    readonly frontId: pulumi.Output<string>;
    readonly clusterId: pulumi.Output<string>;

    constructor(name: string, { labName, plan, provisionerKey }: NetworksArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Networks", name, {}, opts);
        const network = (segment: string, args: libvirt.NetworkArgs) =>
            new libvirt.Network(
                `${name}-${segment}`,
                { name: `${labName}-${segment}`, autostart: true, ...args },
                // libvirt cannot change a network in place, and a name is unique.
                { parent: this, deleteBeforeReplace: true },
            ).id;
        this.frontId = network("front", {
            mode: "route",
            addresses: [plan.network],
            dhcp: { enabled: false },
            dns: { enabled: false },
            routes: [{ cidr: plan.clusterCidr, gateway: plan.vip }],
            xml: {
                xslt: provisionerKey.fingerprint.apply((fingerprint) =>
                    fillPlaceholders(readConfigFile("infra/hypervisor/front-network.xsl", plan), { fingerprint }),
                ),
            },
        });
        this.clusterId = network("cluster", { mode: "none" });
        this.registerOutputs({ frontId: this.frontId, clusterId: this.clusterId });
    }
}
