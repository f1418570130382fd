import { isNode, type MachineName } from "../config/address-plan";
import { contestantMachines } from "../config/contestant";

/** The systemd units that a machine starts at every boot, in addition to those of every machine (image/rootfs). */
export function machineUnits(machine: MachineName): string[] {
    return [
        ...(contestantMachines.includes(machine) ? ["contestant-account.service"] : []),
        ...(machine === "lb" ? ["netfilter-persistent.service", "keepalived.service"] : []),
        ...(machine === "acme-server" ? ["named.service", "step-ca.service"] : []),
        ...(isNode(machine) ? ["containerd.service", "kubelet.service"] : []),
    ];
}
