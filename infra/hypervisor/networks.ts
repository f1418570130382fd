import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "../config/address-plan";
import { readConfigFile } from "../config/config-files";

export interface NetworksArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    plan: AddressPlan;
}

/**
 * The two segments: front (lb, host, acme-server, the hypervisor) and Kubernetes (lb and the nodes).
 *
 * Nothing is translated on the hypervisor: where it filters bridged frames (`bridge-nf-call-iptables`, as Docker sets
 * it), the masquerading of a NAT network would also rewrite what nodes send to each other's pods. The front bridge has
 * the whole /24, so that the hypervisor's way to the nodes goes over lb.
 */
export class Networks extends pulumi.ComponentResource {
    readonly frontId: pulumi.Output<string>;
    readonly kubernetesId: pulumi.Output<string>;

    constructor(name: string, { labName, plan }: NetworksArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Networks", name, {}, opts);
        // libvirt can't change a network in place, and a name is taken until the old one is gone.
        const options = { parent: this, deleteBeforeReplace: true };
        const front = new libvirt.Network(
            "front",
            {
                name: `${labName}-front`,
                mode: "route",
                addresses: [plan.network],
                dhcp: { enabled: false },
                dns: { enabled: false },
                routes: [{ cidr: plan.kubernetesCidr, gateway: plan.vip }],
                xml: { xslt: readConfigFile("infra/hypervisor/front-network.xsl", plan) },
            },
            options,
        );
        const kubernetes = new libvirt.Network("kubernetes", { name: `${labName}-k8s`, mode: "none" }, options);
        this.frontId = front.id;
        this.kubernetesId = kubernetes.id;
        this.registerOutputs({ frontId: this.frontId, kubernetesId: this.kubernetesId });
    }
}
