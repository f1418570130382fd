import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "./address-plan";
import { readConfigFile } from "./config-files";

export interface NetworksArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    plan: AddressPlan;
}

/**
 * The two segments: front (lb, host, acme-server, the hypervisor) and Kubernetes (lb and the nodes).
 *
 * The front bridge has the whole /24, although its machines use the lower /25: libvirt's masquerading spares traffic
 * inside the network's own prefix, and traffic between the halves must not be rewritten where the hypervisor filters
 * bridged frames (`bridge-nf-call-iptables`).
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
                mode: "nat",
                addresses: [plan.network],
                dhcp: { enabled: false },
                dns: { enabled: false },
                routes: [{ cidr: plan.kubernetesCidr, gateway: plan.vip }],
                xml: { xslt: readConfigFile("infra/xslt/front-network.xsl", plan) },
            },
            options,
        );
        const kubernetes = new libvirt.Network("kubernetes", { name: `${labName}-k8s`, mode: "none" }, options);
        this.frontId = front.id;
        this.kubernetesId = kubernetes.id;
        this.registerOutputs({ frontId: this.frontId, kubernetesId: this.kubernetesId });
    }
}
