import { z } from "zod";
import { protectedWorkloads } from "../check/workloads";
import { certificateName, labIssuer } from "../lib/certificate";

/** The cluster, by its objects. */
export interface ClusterFacts {
    nodesNotReady: string[];
    /** The lab's Deployments and DaemonSets, except web, with fewer ready pods than wanted: namespace/name. */
    workloadsNotReady: string[];
    /** The reason why the ClusterIssuer is not Ready; undefined when it is. */
    issuerFailure: string | undefined;
    /** The problem's certificate; undefined when there is none. */
    certificate: { ready: boolean; message: string } | undefined;
    /** The reason why the certificate's order failed; undefined when none did. cert-manager retries it after an hour. */
    failedOrder: string | undefined;
    /** The pending challenge's reason; undefined without a pending challenge. */
    challengeReason: string | undefined;
}

const objectSchema = z.object({
    kind: z.string(),
    metadata: z.object({ name: z.string(), namespace: z.string().default("") }),
    status: z
        .object({
            conditions: z
                .array(
                    z.object({
                        type: z.string(),
                        status: z.string(),
                        reason: z.string().default(""),
                        message: z.string().default(""),
                    }),
                )
                .default([]),
            /** Pods of a Deployment, and of a DaemonSet. */
            replicas: z.number().default(0),
            readyReplicas: z.number().default(0),
            desiredNumberScheduled: z.number().default(0),
            numberReady: z.number().default(0),
            /** Of Orders and Challenges. */
            state: z.string().default(""),
            reason: z.string().default(""),
        })
        .prefault({}),
});

type KubernetesObject = z.output<typeof objectSchema>;

/** Workloads without which no certificate is issued, as namespace/name: those of kubeadm and of the manifests. */
const labWorkloads = [
    "kube-system/coredns",
    "kube-system/kube-proxy",
    ...protectedWorkloads.map(([, name, namespace]) => `${namespace}/${name}`),
];

/** Final states of ACME orders and challenges (RFC 8555 section 7.1.6); only cert-manager uses errored. */
const failedStates = ["invalid", "errored", "expired"];
const finalStates = ["valid", ...failedStates];

/** @param objects those of the evidence */
export function clusterFacts(objects: object[]): ClusterFacts {
    const items = z.array(objectSchema).parse(objects);
    const all = (kind: string) => items.filter((item) => item.kind === kind);
    const certificate = all("Certificate").find(({ metadata }) => metadata.name === certificateName);
    const issuer = all("ClusterIssuer").find(({ metadata }) => metadata.name === labIssuer.name);
    const challenges = all("Challenge").filter(({ metadata }) => metadata.namespace === "default");
    return {
        nodesNotReady: all("Node")
            .filter((node) => !isReady(node))
            .map(nameOf),
        workloadsNotReady: [...all("Deployment"), ...all("DaemonSet")]
            .filter((workload) => !isComplete(workload))
            .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
            .filter((name) => labWorkloads.includes(name)),
        issuerFailure: issuer && isReady(issuer) ? undefined : messageOf(issuer),
        certificate: certificate && { ready: isReady(certificate), message: messageOf(certificate) },
        failedOrder: certificate && failureOf(certificate, all("Order"), challenges),
        challengeReason: challenges.find(({ status }) => !finalStates.includes(status.state))?.status.reason,
    };
}

/** The reason why the last order failed; undefined while a newer one is pending. */
function failureOf(
    certificate: KubernetesObject,
    allOrders: KubernetesObject[],
    challenges: KubernetesObject[],
): string | undefined {
    const orders = allOrders.filter(({ metadata }) => metadata.namespace === certificate.metadata.namespace);
    if (orders.some(({ status }) => !finalStates.includes(status.state))) {
        return undefined;
    }
    const failed = [...challenges, ...orders].find(({ status }) => failedStates.includes(status.state));
    if (failed !== undefined) {
        return `${failed.kind} ${failed.metadata.name} is ${failed.status.state}: ${failed.status.reason}`;
    }
    const issuing = condition(certificate, "Issuing");
    return issuing?.status === "False" && issuing.reason === "Failed" ? issuing.message : undefined;
}

function condition({ status }: KubernetesObject, type: string) {
    return status.conditions.find((one) => one.type === type);
}

function isReady(object: KubernetesObject): boolean {
    return condition(object, "Ready")?.status === "True";
}

/** A workload without a status has no pods yet; one that was scaled to zero has none either. */
function isComplete({ status }: KubernetesObject): boolean {
    const wanted = Math.max(status.replicas + status.desiredNumberScheduled, 1);
    return status.readyReplicas + status.numberReady >= wanted;
}

function messageOf(object: KubernetesObject | undefined): string {
    return object === undefined ? "it does not exist" : (condition(object, "Ready")?.message ?? "no condition yet");
}

function nameOf({ metadata }: KubernetesObject): string {
    return metadata.name;
}
