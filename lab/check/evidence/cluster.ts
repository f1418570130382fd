import { z } from "zod";
import { certificateName } from "../../lib/certificate";
import { ApiError, allNamespaces, Cluster, type KubernetesObject, UnservedKindError } from "../../lib/kubernetes-api";
import { type ClusterEvidence, type ClusterObject, evidenceSchema, type Identity } from "./evidence";
import { compare, type ManifestObject, nameOf } from "./protected-objects";

/** Kinds whose objects are part of the evidence, by API version. */
const evidenceKinds: Record<string, string[]> = {
    v1: ["Node", "Pod", "ConfigMap"],
    "apps/v1": ["Deployment", "DaemonSet", "ReplicaSet", "ControllerRevision"],
    "networking.k8s.io/v1": ["Ingress"],
    "admissionregistration.k8s.io/v1": [
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "MutatingAdmissionPolicy",
        "ValidatingAdmissionPolicy",
    ],
    "cert-manager.io/v1": ["ClusterIssuer", "Issuer", "Certificate", "CertificateRequest"],
    "acme.cert-manager.io/v1": ["Order", "Challenge"],
};

/** Objects of one kind that evidence may have. */
const maximumObjects = 500;

/** Seconds for which a request is repeated after a transient error. */
const deadline = 60;

/** Kinds that are read first, because the requests from pods depend on them. */
const pathKinds = ["Pod", "ReplicaSet", "Deployment", "DaemonSet", "Challenge"];

/** Requests at the same time: an emulated API server is not faster with more. */
const concurrency = 6;

export interface ClusterClient extends Pick<Cluster, "list" | "read" | "close"> {}

/**
 * Reads what a verdict depends on. Nothing is changed.
 *
 * @param wanted the objects of the protected manifests
 * @param built their identities when the lab was built
 * @param onPathObjects called once with the objects of {@link pathKinds}, before the others are read
 */
export async function gatherCluster(
    client: ClusterClient,
    wanted: ManifestObject[],
    built: Map<string, Identity>,
    onPathObjects: (objects: ClusterObject[]) => void = () => {},
): Promise<ClusterEvidence> {
    const kinds = new Map<string, { apiVersion: string; kind: string }>();
    for (const { apiVersion, kind } of [
        ...Object.entries(evidenceKinds).flatMap(([apiVersion, names]) => names.map((kind) => ({ apiVersion, kind }))),
        ...wanted.map(({ object }) => object),
    ]) {
        kinds.set(`${apiVersion} ${kind}`, { apiVersion, kind });
    }
    const unservedKinds: string[] = [];
    const lists = new Map<string, KubernetesObject[]>();
    const objectsOf = (wantedKinds?: string[]) =>
        Object.entries(evidenceKinds)
            .flatMap(([apiVersion, names]) =>
                names
                    .filter((kind) => wantedKinds?.includes(kind) ?? true)
                    .flatMap((kind) => relevant(lists.get(`${apiVersion} ${kind}`) ?? [])),
            )
            .map(trimmed);
    const unread = new Set(pathKinds);
    const readOrUnserved = async ({ apiVersion, kind }: { apiVersion: string; kind: string }) => {
        try {
            const list = await client.list({ apiVersion, kind }, allNamespaces, { fromCache: true });
            lists.set(`${apiVersion} ${kind}`, list);
        } catch (error) {
            if (!(error instanceof UnservedKindError || (error instanceof ApiError && error.status === 404))) {
                throw error;
            }
            unservedKinds.push(kind);
        }
        if (unread.delete(kind) && unread.size === 0) {
            onPathObjects(objectsOf(pathKinds));
        }
    };
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: certificateName } };
    let certificate: KubernetesObject | undefined;
    const isFirst = ({ kind }: { kind: string }) => pathKinds.includes(kind);
    const ordered = [...kinds.values()].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
    await inParallel(concurrency, [
        ...ordered.map((kind) => () => readOrUnserved(kind)),
        async () => {
            certificate = await client.read(secret);
        },
    ]);
    const live = new Map([...lists.values()].flat().map((object) => [nameOf(object), object]));
    return {
        when: new Date().toISOString(),
        unservedKinds: unservedKinds.sort(),
        objects: [...objectsOf(), ...(certificate ? [trimmed(certificate)] : [])],
        protectedObjects: wanted.map((one) => compare(one, live.get(nameOf(one.object)), built)),
    };
}

/** Evidence of a cluster that could not be read. */
export function unreadCluster(error: unknown): ClusterEvidence {
    const refused = error instanceof ApiError && [401, 403].includes(error.status);
    return {
        when: new Date().toISOString(),
        failure: {
            kind: refused ? "refused" : "unreachable",
            message: error instanceof Error ? error.message : String(error),
        },
        unservedKinds: [],
        objects: [],
        protectedObjects: [],
    };
}

export function clusterClient(kubeconfig: string): ClusterClient {
    return new Cluster(kubeconfig, deadline);
}

/** Whether the API server denies access to a client. */
export function isRefusal(error: unknown): boolean {
    return error instanceof ApiError && [401, 403].includes(error.status);
}

/** @throws Error when there are too many objects of a kind: leaving some out would hide them */
function relevant(objects: KubernetesObject[]): KubernetesObject[] {
    const kept = objects.filter(({ kind, metadata: { name, namespace = "" } }) => {
        switch (kind) {
            case "Pod":
            case "ReplicaSet":
            case "ControllerRevision":
                return labNamespaces.includes(namespace);
            case "ConfigMap":
                return namespace === "kube-system" && name === "coredns";
            default:
                return true;
        }
    });
    if (kept.length > maximumObjects) {
        throw new Error(
            `the cluster has ${kept.length} objects ${kept[0]?.kind}; more than ${maximumObjects} are not examined`,
        );
    }
    return kept;
}

/** Namespaces of the manifests. */
const labNamespaces = ["cert-manager", "ingress-controller", "default"];

const objectSchema = evidenceSchema.shape.cluster.shape.objects.element;

/** An object without what is large and irrelevant, and a Secret without its key. */
function trimmed(object: KubernetesObject): ClusterObject {
    const {
        managedFields: _,
        annotations,
        ...metadata
    } = object.metadata as KubernetesObject["metadata"] & {
        managedFields?: unknown;
        annotations?: Record<string, string>;
    };
    const { "kubectl.kubernetes.io/last-applied-configuration": __, ...others } = annotations ?? {};
    const { data, stringData: ___, ...fields } = object;
    const certificate = z.object({ "tls.crt": z.string().optional() }).catch({}).parse(data);
    return objectSchema.parse({
        ...fields,
        metadata: { ...metadata, annotations: others },
        ...(object.kind === "Secret" ? { data: certificate } : data === undefined ? {} : { data }),
    });
}

/** Runs tasks, at most a number of them at the same time. The first error ends all. */
async function inParallel(count: number, tasks: (() => Promise<void>)[]): Promise<void> {
    const waiting = [...tasks];
    const work = async (): Promise<void> => {
        for (let task = waiting.shift(); task; task = waiting.shift()) {
            await task();
        }
    };
    await Promise.all(Array.from({ length: count }, work));
}
