import type { KubernetesObject } from "../../lib/kubernetes-api";

/**
 * The content of an object that a manifest determines: without the fields that the cluster's controllers write, and without
 * the annotation of `kubectl rollout restart`.
 */
export function contentOf({ metadata: _, status: __, ...fields }: Partial<KubernetesObject>): Record<string, unknown> {
    const { spec, ...others } = fields;
    const content = spec === undefined ? others : { ...others, spec: withoutAllocated(fields.kind, spec) };
    return JSON.parse(JSON.stringify(content), (key, value) => {
        if (value === null) {
            return undefined;
        }
        // cert-manager's CA injector writes the certificate by which the API server verifies the webhook.
        if (key === "clientConfig" && typeof value === "object") {
            const { caBundle: _, ...rest } = value;
            return rest;
        }
        if (key === "metadata" && typeof value === "object") {
            return templateMetadata(value);
        }
        return value;
    });
}

/** A pod template, of a Deployment, a ReplicaSet or a ControllerRevision. */
export function templateContent(template: object): Record<string, unknown> {
    const { $patch: _, ...content } = contentOf({ template } as Partial<KubernetesObject>).template as Record<
        string,
        unknown
    >;
    return content;
}

function templateMetadata({ labels, annotations, creationTimestamp: _, ...metadata }: Record<string, object>): object {
    const { "pod-template-hash": __, ...ownLabels } = (labels ?? {}) as Record<string, string>;
    const { "kubectl.kubernetes.io/restartedAt": ___, ...ownAnnotations } = (annotations ?? {}) as Record<
        string,
        string
    >;
    return {
        ...metadata,
        ...(Object.keys(ownLabels).length > 0 ? { labels: ownLabels } : {}),
        ...(Object.keys(ownAnnotations).length > 0 ? { annotations: ownAnnotations } : {}),
    };
}

/** A specification without the addresses that the cluster allocates to a Service. */
function withoutAllocated(kind: string | undefined, spec: Record<string, unknown>): Record<string, unknown> {
    if (kind !== "Service") {
        return spec;
    }
    const { clusterIP: _, clusterIPs: __, ...rest } = spec;
    return rest;
}
