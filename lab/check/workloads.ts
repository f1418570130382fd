import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { printableLine } from "../lib/printable";
import { templateContent } from "./evidence/content";
import { differences } from "./evidence/differences";
import { type ClusterObject, type Evidence, objectsOf, sectionOf } from "./evidence/evidence";
import { podsOf, replicaSetsOf, workload } from "./evidence/pods";
import { incomplete, unreadable } from "./missing";
import { broken, brokenForNow, type Finding, pass } from "./outcome";

/** The workloads of the protected manifests. */
export const protectedWorkloads = [
    ["Deployment", "cert-manager", "cert-manager"],
    ["Deployment", "cert-manager-cainjector", "cert-manager"],
    ["Deployment", "cert-manager-webhook", "cert-manager"],
    ["DaemonSet", "ingress-controller", "ingress-controller"],
] as const;

const templateSchema = z.looseObject({
    metadata: z.looseObject({}).default({}),
    spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
});

const specSchema = z.object({ spec: z.object({ template: templateSchema, replicas: z.number().default(1) }) });

/** A ControllerRevision of a DaemonSet. */
const revisionSchema = z.object({ data: z.object({ spec: z.object({ template: templateSchema }) }) });

/**
 * The protected workloads' pods match the manifests, and always did: ReplicaSets and ControllerRevisions contain the former
 * templates. Their containers run images of the machine image. Restarts and scaling are allowed.
 */
export function evaluateWorkloads(evidence: Evidence): Finding {
    const failure = unreadable(evidence);
    if (failure) {
        return failure;
    }
    const { objects } = evidence.cluster;
    const present = protectedWorkloads.flatMap(([kind, name, namespace]) => {
        const object = workload(objects, kind, name, namespace);
        return object && specSchema.safeParse(object).success ? [object] : [];
    });
    const changes = present.flatMap((object) => [
        ...formerTemplates(object, objects),
        ...(object.kind === "Deployment" ? missingReplicaSets(object, objects) : missingRevisions(object, objects)),
        ...changedPods(object, objects),
    ]);
    if (changes.length > 0) {
        return broken(printableLine(changes.join("; "), 600));
    }
    // After the changes, which are found also without acme-server.
    const missingList = incomplete(evidence, "acme-server", ["images"]);
    if (missingList) {
        return missingList;
    }
    const images = sectionOf(evidence, "acme-server", "images")?.text.split("\n") ?? [];
    const foreign = present.flatMap((object) => foreignImages(object, objects, images));
    if (foreign.length > 0) {
        return broken(printableLine(foreign.join("; "), 600));
    }
    const idle = present.filter(
        (object) => object.kind === "Deployment" && specSchema.parse(object).spec.replicas !== 1,
    );
    return idle.length > 0
        ? brokenForNow(`scaled: ${idle.map(({ metadata }) => metadata.name).join(", ")}`)
        : pass("the pods match the manifests, and always did");
}

/** ReplicaSets and ControllerRevisions with another template than the workload has now. */
function formerTemplates(object: ClusterObject, objects: ClusterObject[]): string[] {
    const current = templateContent(specSchema.parse(object).spec.template);
    const former =
        object.kind === "Deployment"
            ? replicaSetsOf(objects, object).map((one) => ({ one, template: specSchema.parse(one).spec.template }))
            : // The API server stores any data.
              revisionsOf(object, objects).map((one) => ({
                  one,
                  template: revisionSchema.safeParse(one).data?.data.spec.template ?? {},
              }));
    return former.flatMap(({ one, template }) => {
        const [difference] = differences(current, templateContent(template));
        return difference
            ? [
                  `${object.kind} ${object.metadata.name} had another template in ${one.metadata.name}: ${difference.path}`,
              ]
            : [];
    });
}

/** A Deployment keeps ten former ReplicaSets (`revisionHistoryLimit`). */
const keptRevisions = 10;

/** Revisions of a Deployment whose ReplicaSet is missing although it would be kept. */
function missingReplicaSets(deployment: ClusterObject, objects: ClusterObject[]): string[] {
    const { name } = deployment.metadata;
    const replicaSets = replicaSetsOf(objects, deployment);
    const texts = replicaSets.flatMap(({ metadata: { annotations } }) => [
        annotations["deployment.kubernetes.io/revision"] ?? "0",
        // Revisions that had the same template, after `kubectl rollout undo`.
        ...(annotations["deployment.kubernetes.io/revision-history"] ?? "").split(",").filter((text) => text !== ""),
    ]);
    // The Deployment's controller writes them. It does not correct others.
    const unknown = texts.find((text) => !/^\d{1,4}$/.test(text));
    if (unknown !== undefined) {
        return [`Deployment ${name}: the revision of a ReplicaSet was changed to ${printableLine(unknown, 50)}`];
    }
    const revisions = texts.map(Number);
    const newest = Math.max(0, ...revisions);
    const oldest = replicaSets.length > keptRevisions ? Math.min(...revisions) : 1;
    const missing = Array.from({ length: newest - oldest + 1 }, (_, i) => oldest + i).filter(
        (revision) => !revisions.includes(revision),
    );
    return newest > 0 && missing.length > 0
        ? [`Deployment ${name}: the ReplicaSet of revision ${missing.join(", ")} was deleted`]
        : [];
}

/**
 * The deletion of a DaemonSet's former ControllerRevisions. `kubectl rollout undo` raises the number of a kept one, so that
 * gaps are usual; but then there are others.
 */
function missingRevisions(daemonSet: ClusterObject, objects: ClusterObject[]): string[] {
    const revisions = revisionsOf(daemonSet, objects).map(({ revision }) => revision);
    return revisions.length === 1 && revisions[0] !== 1
        ? [`DaemonSet ${daemonSet.metadata.name}: the ControllerRevision of an earlier template was deleted`]
        : [];
}

function revisionsOf(daemonSet: ClusterObject, objects: ClusterObject[]): ClusterObject[] {
    return objects.filter(({ kind, metadata }) => kind === "ControllerRevision" && isOwnedBy(metadata, daemonSet));
}

/** Fields of a pod's specification that its template determines alone. */
const podFields = [
    "hostAliases",
    "dnsConfig",
    "dnsPolicy",
    "hostNetwork",
    "hostPID",
    "serviceAccountName",
    "initContainers",
    "runtimeClassName",
];

const containerFields = ["image", "command", "args", "env", "envFrom", "workingDir", "securityContext", "lifecycle"];

/** Pods that differ from their workload's template. */
function changedPods(object: ClusterObject, objects: ClusterObject[]): string[] {
    const { template } = specSchema.parse(object).spec;
    const wanted = z.looseObject({}).parse(templateContent(template).spec);
    return podsOf(objects, object).flatMap((pod) => {
        const spec = templateSchema.shape.spec.safeParse(pod.spec).data;
        if (!spec) {
            return [];
        }
        const paths = [
            ...podFields.filter((field) => !isDeepStrictEqual(wanted[field], spec[field])),
            ...(spec.containers.length === template.spec.containers.length ? [] : ["containers"]),
            ...template.spec.containers.flatMap((container) => {
                const running = spec.containers.find(({ name }) => name === container.name);
                return containerFields
                    .filter((field) => !isDeepStrictEqual(container[field], running?.[field]))
                    .map((field) => `${container.name}.${field}`);
            }),
        ];
        return paths.length > 0 ? [`Pod ${pod.metadata.name} differs from its template: ${paths.join(", ")}`] : [];
    });
}

const containerStatusSchema = z.object({ name: z.string(), imageID: z.string().default("") });

const statusSchema = z.object({
    containerStatuses: z.array(containerStatusSchema).default([]),
    initContainerStatuses: z.array(containerStatusSchema).default([]),
});

/**
 * Containers whose image is not one of the machine image's: root of a node can give an image the name of another.
 *
 * @param images names and digests. A container that does not run yet has no digest.
 */
function foreignImages(object: ClusterObject, objects: ClusterObject[], images: string[]): string[] {
    return podsOf(objects, object).flatMap((pod) => {
        const { data } = statusSchema.safeParse(pod.status);
        return [...(data?.initContainerStatuses ?? []), ...(data?.containerStatuses ?? [])]
            .filter(({ imageID }) => imageID !== "" && !images.includes(imageID))
            .map(({ name, imageID }) => `Pod ${pod.metadata.name}: ${name} runs the unknown image ${imageID}`);
    });
}

function isOwnedBy({ ownerReferences }: ClusterObject["metadata"], { metadata }: ClusterObject): boolean {
    return ownerReferences.some(({ uid }) => uid === metadata.uid);
}

/** API groups of the objects which the problem depends on; the empty one has Pods, Services and Secrets. */
const relatedGroups =
    /^(\*|apps|(acme\.)?cert-manager\.io|(discovery|networking|apiextensions|admissionregistration|rbac\.authorization)\.k8s\.io|)$/;

const ruleSchema = z.object({
    apiGroups: z.array(z.string()).default(["*"]),
    resources: z.array(z.string()).default(["*"]),
});

const admissionSchema = z.object({
    webhooks: z.array(z.object({ rules: z.array(ruleSchema).default([]) })).default([]),
    spec: z
        .object({
            matchConstraints: z
                .object({ resourceRules: z.array(ruleSchema).default([]) })
                .default({ resourceRules: [] }),
        })
        .default({ matchConstraints: { resourceRules: [] } }),
});

/** Admission webhooks and policies that were not there, and that concern the objects which the problem depends on. */
export function evaluateAdmission(evidence: Evidence): Finding {
    const failure = unreadable(evidence);
    if (failure) {
        return failure;
    }
    const known = evidence.cluster.protectedObjects.map(({ name }) => name);
    const added = [
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "MutatingAdmissionPolicy",
        "ValidatingAdmissionPolicy",
    ]
        .flatMap((kind) => objectsOf(evidence, kind))
        .filter(({ kind, metadata }) => !known.includes(`${kind} ${metadata.name}`))
        .filter((object) => {
            const { data } = admissionSchema.safeParse(object);
            const rules = data
                ? [...data.webhooks.flatMap(({ rules }) => rules), ...data.spec.matchConstraints.resourceRules]
                : [];
            return !data || rules.some(({ apiGroups }) => apiGroups.some((group) => relatedGroups.test(group)));
        });
    return added.length > 0
        ? broken(`added: ${printableLine(added.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(", "))}`)
        : pass("no admission webhook or policy was added");
}
