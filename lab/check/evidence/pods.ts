import { z } from "zod";
import { type NodeName, nodeNames } from "../../../infra/config/address-plan";
import type { ClusterObject } from "./evidence";

/** A running pod of a controller. */
export interface RunningPod {
    name: string;
    node: NodeName;
    address: string;
    /** Of its first container, without the runtime's name. */
    containerId: string;
}

const podSchema = z.object({
    spec: z.object({ nodeName: z.enum(nodeNames) }),
    status: z.object({
        phase: z.literal("Running"),
        podIP: z.string(),
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
        containerStatuses: z.array(z.object({ containerID: z.string() })).min(1),
    }),
});

/** The ReplicaSets of a Deployment, the newest revision last. They are recognized by its uid. */
export function replicaSetsOf(objects: ClusterObject[], deployment: ClusterObject): ClusterObject[] {
    return objects
        .filter(({ kind, metadata }) => kind === "ReplicaSet" && isOwned(metadata, deployment))
        .sort((a, b) => revisionOf(a) - revisionOf(b));
}

/** Number of a ReplicaSet's last use by its Deployment; 0 without one. */
function revisionOf({ metadata }: ClusterObject): number {
    return Number(metadata.annotations["deployment.kubernetes.io/revision"]) || 0;
}

/** Pods that a Deployment's newest ReplicaSet owns, or pods that a DaemonSet owns; also those that do not run. */
export function podsOf(objects: ClusterObject[], workload: ClusterObject): ClusterObject[] {
    const replicaSet = replicaSetsOf(objects, workload).at(-1);
    const owner = workload.kind === "Deployment" ? replicaSet : workload;
    return owner ? objects.filter(({ kind, metadata }) => kind === "Pod" && isOwned(metadata, owner)) : [];
}

/** The Ready pods among them. */
export function runningPods(objects: ClusterObject[], workload: ClusterObject): RunningPod[] {
    return podsOf(objects, workload).flatMap((pod) => {
        const { data } = podSchema.safeParse(pod);
        const isReady = data?.status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
        if (!data || !isReady || pod.metadata.deletionTimestamp !== undefined) {
            return [];
        }
        const { podIP, containerStatuses } = data.status;
        const containerId = containerStatuses[0]?.containerID.replace(/^.*:\/\//, "") ?? "";
        return [{ name: pod.metadata.name, node: data.spec.nodeName, address: podIP, containerId }];
    });
}

/** A workload of the manifests. */
export function workload(objects: ClusterObject[], kind: "Deployment" | "DaemonSet", name: string, namespace = name) {
    return objects.find(
        (object) => object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    );
}

function isOwned({ ownerReferences, namespace }: ClusterObject["metadata"], { metadata }: ClusterObject): boolean {
    return (
        namespace === metadata.namespace &&
        ownerReferences.some(({ uid, controller }) => controller && uid === metadata.uid)
    );
}
