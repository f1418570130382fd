import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "../config/address-plan";
import { readConfigFile } from "../config/config-files";
import type { Machine } from "../hypervisor/machine";

export interface HairpinNatArgs {
    lb: Machine;
    host: Machine;
    plan: AddressPlan;
}

/**
 * The problem's official solution, and the only thing that `fixed` adds and takes away.
 *
 * The self check's answer must come back through lb, so lb puts its own address in place of the pod's node's: the
 * real server then answers to lb. Netfilter sees IPVS connections only with `net.ipv4.vs.conntrack`.
 *
 * Removal is the other way round: NAT goes first, then the certificate that was got through it, so that the lab is
 * as broken as a new one.
 */
export class HairpinNat extends pulumi.ComponentResource {
    constructor(name: string, { lb, host, plan }: HairpinNatArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:HairpinNat", name, {}, opts);
        const onLb = { parent: this, deletedWith: lb.domain };
        const onHost = { parent: this, deletedWith: host.domain };

        const certificate = new command.remote.Command(
            "certificate-reset",
            {
                connection: host.connection,
                create: "await-certificate create",
                // cert-manager may take a while to see that the secret is gone, and call the new certificate Ready until then.
                delete: "reissue-certificate && await-certificate condition=Ready=False",
                triggers: [host.domain.id],
            },
            onHost,
        );
        const file = (path: string, undo: string, dependsOn: pulumi.Resource[]) =>
            new command.remote.Command(
                `hairpin-nat${path}`,
                {
                    connection: lb.connection,
                    create: `install -m 0644 /dev/stdin ${path}`,
                    delete: `rm -f ${path}${undo}`,
                    stdin: readConfigFile(`lb-config/hairpin-nat${path}`, plan),
                    triggers: [lb.domain.id],
                },
                { ...onLb, dependsOn },
            );
        const module = file("/etc/modules-load.d/ip_vs.conf", "", [certificate]);
        const sysctl = file("/etc/sysctl.d/90-hairpin-nat.conf", " && sysctl -w net.ipv4.vs.conntrack=0", [module]);
        const rule = `POSTROUTING -s ${plan.kubernetesCidr} -m ipvs --vaddr ${plan.vip}/32 -j MASQUERADE`;
        // Once the rule was loaded by iptables-restore, at a boot, iptables -C and -D don't know it by its words any more.
        const present = `-A POSTROUTING -s ${plan.kubernetesCidr} -m ipvs --vaddr ${plan.vip}(/32)? -j MASQUERADE`;
        const number = `iptables -t nat -S POSTROUTING | grep '^-A' | grep -nxE -e '${present}' | head -n 1 | cut -d : -f 1`;
        const nat = new command.remote.Command(
            "hairpin-nat-rule",
            {
                connection: lb.connection,
                create: [
                    "modprobe ip_vs",
                    "sysctl --load=/etc/sysctl.d/90-hairpin-nat.conf",
                    `{ iptables -t nat -S POSTROUTING | grep -qxE -e '${present}' || iptables -t nat -A ${rule}; }`,
                    "netfilter-persistent save",
                ].join(" && "),
                delete: [
                    `while n=$(${number}); [ -n "$n" ]; do iptables -t nat -D POSTROUTING "$n" || exit 1; done`,
                    "netfilter-persistent save",
                    // Connections that were translated while the rule stood would go on being translated.
                    "conntrack -F",
                ].join("; "),
                triggers: [lb.domain.id, sysctl.id],
            },
            { ...onLb, dependsOn: [sysctl] },
        );
        new command.remote.Command(
            "solved",
            {
                connection: host.connection,
                create: "await-solution 900",
                triggers: [nat.id],
            },
            { ...onHost, dependsOn: [nat] },
        );
        this.registerOutputs();
    }
}
