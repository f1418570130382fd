import type { MachineName } from "../../infra/config/address-plan";
import type { Stack } from "../lib/stack";
import type { VirtualServer } from "../lib/virtual-servers";

/** What was asked for, or in a line why it was not answered. */
export type Answer<T> = { value: T } | { problem: string };

export interface MachineStatus {
    address: string;
    /** libvirt's word for the domain's state (virsh(1), domstate), "not built", or "unknown" without libvirt. */
    domain: string;
    /** How long it has been up, as uptime(1) says it. */
    uptime: Answer<string>;
}

export interface ClusterNode {
    name: string;
    ready: boolean;
}

export interface CertificateStatus {
    /** READY as `kubectl get certificate` shows it: True, False or Unknown. */
    ready: string;
    message: string;
}

export interface ChallengeStatus {
    state: string;
    reason: string;
}

/** The part of a stack that `lab status` shows or needs. */
export type ObservedStack = Pick<Stack, "labName" | "libvirtUri" | "built" | "fixed" | "pending" | "access">;

/** All that `lab status` shows. */
export interface LabObservation {
    lab: Pick<ObservedStack, "labName" | "built" | "fixed" | "pending">;
    /** Why libvirt does not answer; undefined when it does. */
    libvirtProblem: string | undefined;
    machines: Record<MachineName, MachineStatus>;
    nodes: Answer<ClusterNode[]>;
    /** www-ictsc-test-tls; undefined when there is no such certificate. */
    certificate: Answer<CertificateStatus | undefined>;
    challenges: Answer<ChallengeStatus[]>;
    virtualServers: Answer<VirtualServer[]>;
}
