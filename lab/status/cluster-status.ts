import { certificateReference, parseCertificate } from "../lib/certificate";
import { challengeKind, parseChallenge } from "../lib/challenge";
import { readyCondition } from "../lib/conditions";
import { Cluster } from "../lib/kubernetes-api";
import type { ClusterStatus, NodeStatus, Result } from "./lab-status";

/** Seconds for the API server to respond. */
const deadline = 20;

/** The reader part of {@link Cluster}. */
type ClusterReader = Pick<Cluster, "list" | "read">;

/**
 * Reads nodes, certificate and challenges from the API server, each with a separate result: without cert-manager's
 * definitions the nodes can still be read.
 *
 * @param kubeconfig kubeadm's admin.conf
 */
export async function readClusterStatus(kubeconfig: string): Promise<ClusterStatus> {
    const cluster = new Cluster(kubeconfig, deadline);
    try {
        return await clusterStatus(cluster);
    } finally {
        cluster.close();
    }
}

/** The status that one reader of the cluster returns. */
export async function clusterStatus(cluster: ClusterReader): Promise<ClusterStatus> {
    const [nodes, certificate, challenges] = await Promise.all([
        resultOf(async () => (await cluster.list({ apiVersion: "v1", kind: "Node" })).map(nodeStatus)),
        resultOf(async () => {
            const object = await cluster.read(certificateReference);
            return object && parseCertificate(object);
        }),
        resultOf(async () => (await cluster.list(challengeKind)).map(parseChallenge)),
    ]);
    return { nodes, certificate, challenges };
}

async function resultOf<T>(read: () => Promise<T>): Promise<Result<T>> {
    try {
        return { value: await read() };
    } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) };
    }
}

function nodeStatus(object: { metadata: { name: string } }): NodeStatus {
    return { name: object.metadata.name, ready: readyCondition(object)?.status === "True" };
}
