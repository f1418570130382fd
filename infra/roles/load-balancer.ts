import * as pulumi from "@pulumi/pulumi";
import { type Lab, Machine } from "../hypervisor/machine";
import { contestant } from "./contestant";

/** lb: routes between the halves and balances the VIP over the workers with keepalived and the kernel's IPVS. */
export class LoadBalancer extends pulumi.ComponentResource {
    readonly machine: Machine;

    constructor(name: string, { lab }: { lab: Lab }, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:LoadBalancer", name, {}, opts);
        this.machine = new Machine(
            "lb",
            {
                lab,
                login: contestant,
                configFolders: ["lb-config/base"],
                commands: [
                    ["sysctl", "--load=/etc/sysctl.d/50-router.conf"],
                    ["systemctl", "enable", "--now", "--no-reload", "netfilter-persistent", "keepalived"],
                ],
            },
            { parent: this },
        );
        this.registerOutputs({ address: this.machine.address });
    }
}
