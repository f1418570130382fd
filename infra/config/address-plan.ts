import { BlockList } from "node:net";
import { z } from "zod";

/** The Kubernetes nodes that run the ingress controller: the load balancer's real servers. */
export const workerNames = ["k8s-worker1", "k8s-worker2"] as const;

/** The Kubernetes nodes. A node's index in the list is the number of its pod network. */
export const nodeNames = ["k8s-master", ...workerNames] as const;

/** The six machines, in the order of the problem statement. */
export const machineNames = ["lb", "host", "acme-server", ...nodeNames] as const;

export type WorkerName = (typeof workerNames)[number];
export type NodeName = (typeof nodeNames)[number];
export type MachineName = (typeof machineNames)[number];

export function isWorker(name: MachineName): name is WorkerName {
    return (workerNames as readonly string[]).includes(name);
}

export function isNode(name: MachineName): name is NodeName {
    return (nodeNames as readonly string[]).includes(name);
}

/** The last octet of each machine's address in the problem statement. */
const hostNumbers: Record<MachineName, number> = {
    lb: 1,
    host: 20,
    "acme-server": 125,
    "k8s-master": 129,
    "k8s-worker1": 130,
    "k8s-worker2": 131,
};

/** The network of the problem statement and of the files in this repository. */
export const defaultNetwork = "192.168.20.0/24";

/** The DNS zone of acme-server. RFC 6761 reserves `.test` for testing. */
export const domain = "ictsc.test";

/** The addresses of all pods. */
const podNetwork = "10.244.0.0/16";

/** The addresses of all Services, as in machines/k8s-master/etc/kubernetes/kubeadm-init.yaml. */
export const serviceNetwork = "10.96.0.0/12";

/** RFC 1918. */
const privateNetworks = blockList("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

const clusterNetworks = blockList(podNetwork, serviceNetwork);

function blockList(...networks: string[]): BlockList {
    const list = new BlockList();
    for (const network of networks) {
        const [address = "", prefix] = network.split("/");
        list.addSubnet(address, Number(prefix));
    }
    return list;
}

const firstAddress = (network: string) => network.split("/")[0] ?? "";

/** A private /24 in CIDR notation, with a zero host part. */
export const networkSchema = z
    .cidrv4({ error: "must be a /24 such as 192.168.20.0/24", abort: true })
    .endsWith(".0/24", "must be a /24 such as 192.168.20.0/24")
    .refine(
        (network) => privateNetworks.check(firstAddress(network)),
        "must be in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)",
    )
    .refine(
        (network) => !clusterNetworks.check(firstAddress(network)),
        `overlaps the cluster's pods (${podNetwork}) or services (${serviceNetwork})`,
    );

/** Every address of one lab. Addresses are dotted quads without a prefix length unless their name contains CIDR. */
export interface AddressPlan {
    /** The whole lab, a /24 in CIDR notation. */
    network: string;
    /** First three octets of `network`, without a trailing dot. */
    prefix: string;
    /** The front segment (lb, host, acme-server), a /25 in CIDR notation. */
    frontCidr: string;
    /** The cluster segment (lb, the nodes), a /25 in CIDR notation. */
    clusterCidr: string;
    machines: Record<MachineName, string>;
    /** The load balancer's virtual address: lb's address in the front segment. */
    vip: string;
    /** lb's address in the cluster segment: the nodes' default route. */
    clusterGateway: string;
    /** The hypervisor's address on the front bridge. */
    hypervisor: string;
    /** The name server of all machines, acme-server. */
    nameServer: string;
    /** Pods of the whole cluster, CIDR. */
    podCidr: string;
    /** The pods of each node, a /24 in CIDR notation. */
    podCidrs: Record<NodeName, string>;
}

/**
 * Derives every address of the lab from its network.
 *
 * @param network a /24 in CIDR notation; default {@link defaultNetwork}
 * @throws ZodError when `network` is no private /24
 */
export function addressPlan(network: string = defaultNetwork): AddressPlan {
    const prefix = networkSchema.parse(network).split(".").slice(0, 3).join(".");
    const machines = Object.fromEntries(machineNames.map((name) => [name, `${prefix}.${hostNumbers[name]}`])) as Record<
        MachineName,
        string
    >;
    return {
        network,
        prefix,
        frontCidr: `${prefix}.0/25`,
        clusterCidr: `${prefix}.128/25`,
        machines,
        vip: machines.lb,
        clusterGateway: `${prefix}.254`,
        hypervisor: `${prefix}.126`,
        nameServer: machines["acme-server"],
        podCidr: podNetwork,
        podCidrs: Object.fromEntries(nodeNames.map((name, index) => [name, `10.244.${index}.0/24`])) as Record<
            NodeName,
            string
        >,
    };
}

/**
 * The hardware address of the interface with an IPv4 address: QEMU's locally administered prefix and the last three
 * octets. In upper case, as the libvirt provider returns it.
 */
export function hardwareAddress(address: string): string {
    const octets = address.split(".").slice(1).map(Number);
    return ["52", "54", "00", ...octets.map((octet) => octet.toString(16).padStart(2, "0"))].join(":").toUpperCase();
}
