import { type AddressPlan, hardwareAddress, isNode, type MachineName, nodeNames } from "../config/address-plan";

/** A network interface inside a machine. */
export interface Interface {
    /** The kernel's name: it numbers the machine's interfaces in the order of this program's list. */
    name: string;
    /** MAC address, as {@link hardwareAddress} formats it. */
    hardwareAddress: string;
    /** With prefix length, as in 192.168.20.1/25. */
    addressCidr: string;
    routes: { to: string; via: string }[];
}

/** An interface and its segment. */
export interface AttachedInterface extends Interface {
    segment: "front" | "cluster";
}

function attach(
    segment: AttachedInterface["segment"],
    name: string,
    address: string,
    routes: Interface["routes"],
): AttachedInterface {
    return { segment, name, hardwareAddress: hardwareAddress(address), addressCidr: `${address}/25`, routes };
}

/** The interfaces of a machine: lb has one in each segment, the others have one. */
export function machineInterfaces(name: MachineName, plan: AddressPlan): AttachedInterface[] {
    const address = plan.machines[name];
    const internet = { to: "0.0.0.0/0", via: plan.hypervisor };
    if (name === "lb") {
        return [attach("front", "eth0", address, [internet]), attach("cluster", "eth1", plan.clusterGateway, [])];
    }
    if (isNode(name)) {
        const otherNodesPods = nodeNames
            .filter((other) => other !== name)
            .map((other) => ({ to: plan.podCidrs[other], via: plan.machines[other] }));
        return [attach("cluster", "eth0", address, [{ to: "0.0.0.0/0", via: plan.clusterGateway }, ...otherNodesPods])];
    }
    return [attach("front", "eth0", address, [internet, { to: plan.clusterCidr, via: plan.vip }])];
}
