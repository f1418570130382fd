import type { MachineName } from "../../infra/config/address-plan";
import type { Exposure } from "../cell/cell";
import type { Certificate } from "../lib/certificate";
import type { Challenge } from "../lib/challenge";
import type { Stack } from "../lib/stack";
import type { VirtualServer } from "../lib/virtual-servers";

/** A value, or the reason in one line why it could not be read. */
export type Result<T> = { value: T } | { failure: string };

export interface MachineStatus {
    address: string;
    /** The libvirt domain's state (virsh(1), domstate), "not built", or "unknown" when libvirt does not respond. */
    domain: string;
    /** Time since the boot, from uptime(1). */
    uptime: Result<string>;
}

export interface NodeStatus {
    name: string;
    ready: boolean;
}

/** The state of the cluster's objects. */
export interface ClusterStatus {
    nodes: Result<NodeStatus[]>;
    /** The problem's certificate; undefined when it does not exist. */
    certificate: Result<Certificate | undefined>;
    challenges: Result<Challenge[]>;
}

/** The part of a stack that `lab status` shows or needs. */
export type StatusStack = Pick<
    Stack,
    "labName" | "libvirtUri" | "built" | "fixed" | "pending" | "access" | "kubeconfig"
>;

/** Everything that `lab status` shows. */
export interface LabStatus extends ClusterStatus {
    lab: Pick<StatusStack, "labName" | "built" | "fixed" | "pending">;
    /** The reason why libvirt's domains could not be read; undefined when they were. */
    libvirtFailure: string | undefined;
    machines: Record<MachineName, MachineStatus>;
    virtualServers: Result<VirtualServer[]>;
    /** Ports of this computer that lead to machines' SSH servers: `lab expose`. */
    exposed: Pick<Exposure, "machine" | "address" | "port">[];
}
