import { parseAllDocuments } from "yaml";
import type { ManifestName } from "./manifest-files";

/** An object of a manifest, as far as its place in the order depends on it. */
export interface ManifestObject {
    apiVersion: string;
    kind: string;
}

/** API groups that Kubernetes itself serves; what is in another one needs its CustomResourceDefinition first. */
const builtIn = /^(v1$|apps\/|batch\/|policy\/|[a-z.]+\.k8s\.io\/)/;

/** The objects of a manifest, in its order; documents that hold nothing are left out. */
export function manifestObjects<Type extends ManifestObject>(text: string): Type[] {
    return parseAllDocuments(text)
        .map((document) => document.toJS() as Type | null)
        .filter((object) => object !== null);
}

/** Pods, and what is ready when its pods are. */
const workloads = ["Deployment", "DaemonSet", "Service"];

const stageOf: ((object: ManifestObject) => boolean)[] = [
    ({ kind }) => kind === "Namespace",
    ({ kind }) => kind === "CustomResourceDefinition",
    ({ apiVersion, kind }) => builtIn.test(apiVersion) && !workloads.includes(kind),
    ({ apiVersion }) => !builtIn.test(apiVersion),
    // Last, because a pod can mount what a custom resource makes.
    () => true,
];

/**
 * A manifest's objects in the stages in which an API server accepts them at the first try: namespaces, definitions of
 * custom resources, other objects of Kubernetes' own, custom resources, workloads with their services. Each definition is a stage of its own:
 * cert-manager's are large, and an emulated API server that gets all six at once answers none of them in time.
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

/** Manifests whose objects mean nothing before another one's pods run. */
const onTopOfOthers: ManifestName[] = ["root-ca.yaml", "web.yaml"];

/** Whether a stage of a manifest has to wait for nodes: it holds pods, or objects that other pods serve. */
export function needsNodes(file: ManifestName, stage: ManifestObject[]): boolean {
    return onTopOfOthers.includes(file) || stage.some(({ kind }) => workloads.includes(kind));
}
