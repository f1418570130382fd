import type { AddressPlan, MachineName } from "../../infra/config/address-plan";
import type { VirtualServer } from "../lib/virtual-servers";
import type { NatRule } from "./nat-rules";

/** lb, as its root sees it. */
export interface LoadBalancerFacts {
    /** The sysctl net.ipv4.vs.conntrack is 1. */
    conntrack: boolean;
    natRules: NatRule[];
    /** There are NAT chains of nftables' own beside those of iptables. */
    nativeNat: boolean;
    /** Reverse proxies with a listening TCP socket. */
    proxies: string[];
    /** keepalived's unit, as `systemctl is-active` says it. */
    keepalived: string;
    virtualServers: VirtualServer[];
    /** What the next boot restores. */
    boot: {
        conntrack: boolean;
        /** It stands in /etc/sysctl.conf, whether that is read at boot or not. */
        conntrackInSysctlConf: boolean;
        /** ip_vs, without which the sysctl does not exist. */
        module: boolean;
        natRules: NatRule[];
    };
}

/** The cluster, as its API server tells. */
export interface ClusterFacts {
    nodesNotReady: string[];
    /** Deployments and DaemonSets of the lab, web's apart, with fewer ready pods than wanted: namespace/name. */
    workloadsNotReady: string[];
    /** Why the ClusterIssuer is not Ready; undefined when it is. */
    issuerProblem: string | undefined;
    /** www-ictsc-test-tls; undefined when there is none. */
    certificate: { ready: boolean; message: string } | undefined;
    /** Why the certificate's order failed, which is not tried again for an hour; undefined when none failed. */
    failedOrder: string | undefined;
    /** The pending challenge's reason; undefined when there is no pending one. */
    challengeReason: string | undefined;
}

/** What is known of a lab whose machines and API server answer. */
export interface LabFacts {
    plan: AddressPlan;
    lb: LoadBalancerFacts;
    cluster: ClusterFacts;
    /** Units of acme-server that are not active. */
    acmeUnitsDown: string[];
    /** The constraint that `lab check` calls broken, and why. */
    brokenConstraint: { name: string; reason: string } | undefined;
    /** Address that the cluster's DNS gives for the site; empty without an answer. */
    resolved: string;
    /** The self check's request, sent from cert-manager's pod, is answered. */
    selfCheckAnswered: boolean;
    /** Why host does not get nginx's page by a good certificate; undefined when it does. */
    pageProblem: string | undefined;
}

/** All that a hint is decided by: the lab's facts, or the machines or the API server that do not answer. */
export type Observation = { silent: MachineName[] } | { apiServerProblem: string } | LabFacts;
