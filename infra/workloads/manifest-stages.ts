import { parseAllDocuments } from "yaml";
import type { ManifestName } from "./manifest-files";

/** The fields of an object that determine its stage. */
export interface ManifestObject {
    apiVersion: string;
    kind: string;
}

/** API groups of Kubernetes. An object of another group needs its CustomResourceDefinition first. */
const builtIn = /^(v1$|apps\/|batch\/|policy\/|[a-z.]+\.k8s\.io\/)/;

/** The objects of a manifest, in its order, without empty documents. */
export function manifestObjects<Type extends ManifestObject>(text: string): Type[] {
    return parseAllDocuments(text)
        .map((document) => document.toJS() as Type | null)
        .filter((object) => object !== null);
}

/** Kinds of pods, and the kind that is ready when its pods are. */
const workloads = ["Deployment", "DaemonSet", "Service"];

const stageOf: ((object: ManifestObject) => boolean)[] = [
    ({ kind }) => kind === "Namespace",
    ({ kind }) => kind === "CustomResourceDefinition",
    ({ apiVersion, kind }) => builtIn.test(apiVersion) && !workloads.includes(kind),
    ({ apiVersion }) => !builtIn.test(apiVersion),
    // Last, because a pod can mount a Secret that a custom resource creates.
    () => true,
];

/**
 * A manifest's objects in the order in which an API server accepts them without a retry: namespaces, custom resource
 * definitions, other objects of Kubernetes' API groups, custom resources, workloads with their services. Each definition is
 * one stage: cert-manager's are large, and an emulated API server that receives all six at once exceeds every deadline.
 */
export function manifestStages(text: string): ManifestObject[][] {
    const stages = stageOf.map((): ManifestObject[] => []);
    for (const object of manifestObjects(text)) {
        stages[stageOf.findIndex((belongs) => belongs(object))]?.push(object);
    }
    return stages
        .flatMap((stage, index) => (index === 1 ? stage.map((definition) => [definition]) : [stage]))
        .filter((stage) => stage.length > 0);
}

/** Manifests whose objects are served by the pods of another manifest. */
const servedByOthers: ManifestName[] = ["root-ca.yaml", "web.yaml"];

/** Whether a stage of a manifest waits for nodes: it contains pods, or objects that other pods serve. */
export function needsNodes(file: ManifestName, stage: ManifestObject[]): boolean {
    return servedByOthers.includes(file) || stage.some(({ kind }) => workloads.includes(kind));
}
