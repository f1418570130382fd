import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "../config/address-plan";
import { readConfigFile } from "../config/config-files";
import type { Machine } from "../hypervisor/machine";
import { RemoteFile } from "../hypervisor/remote-file";

export interface HairpinNatArgs {
    lb: Machine;
    host: Machine;
    plan: AddressPlan;
}

/**
 * The official solution of the problem: two steps on lb, and the only resources that the setting `fixed` adds.
 *
 * A pod that connects to the VIP reaches a worker through lb, but the worker replies to the pod's node directly, because
 * the node is in the same segment. With hairpin NAT, lb replaces the source address of the connection by an address of lb,
 * so that the reply returns through lb.
 *
 * Pulumi deletes the resources in reverse order, the certificate last. Without hairpin NAT no new certificate is issued,
 * and the lab is as broken as after its creation.
 */
export class HairpinNat extends pulumi.ComponentResource {
    constructor(name: string, { lb, host, plan }: HairpinNatArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:HairpinNat", name, {}, opts);

        const certificate = host.command(
            `${name}-certificate`,
            {
                create: "await-certificate create",
                // cert-manager may report Ready until it detects that the secret is gone.
                delete: "reissue-certificate && await-certificate condition=Ready=False",
                deadline: 1500,
            },
            { parent: this, dependsOn: opts?.dependsOn },
        );

        // Step 1: netfilter tracks the connections of IPVS.
        const sysctl = "/etc/sysctl.d/90-hairpin-nat.conf";
        const conntrack = new RemoteFile(
            `${name}-conntrack`,
            {
                machine: lb,
                path: sysctl,
                content: readConfigFile(`lb-config/hairpin-nat${sysctl}`, plan),
                afterInstall: `sysctl --load=${sysctl}`,
                afterDelete: "sysctl --write net.ipv4.vs.conntrack=0",
            },
            { parent: this, dependsOn: certificate },
        );

        // Step 2: connections from the cluster segment to the VIP get lb's address.
        const rule = lb.command(
            `${name}-rule`,
            {
                create: "bash -s -- add",
                delete: "bash -s -- remove",
                stdin: readConfigFile("lb-config/hairpin-nat/rule.sh", plan),
            },
            { parent: this, dependsOn: conntrack.installed },
        );

        host.command(
            `${name}-solved`,
            { create: "await-solution 900", triggers: [rule.id], deadline: 1500 },
            { parent: this, dependsOn: rule },
        );
        this.registerOutputs();
    }
}
