import { readFileSync } from "node:fs";
import { z } from "zod";
import {
    manifestPath,
    protectedManifestNames,
    rootCertificatePlaceholder,
} from "../../../infra/workloads/manifest-files";
import { manifestObjects } from "../../../infra/workloads/manifest-stages";
import type { KubernetesObject } from "../../lib/kubernetes-api";
import type { Stack } from "../../lib/stack";
import { contentOf } from "./content";
import { withDefaults } from "./defaults";
import { differences } from "./differences";
import type { Identity, ProtectedObject } from "./evidence";

/** An object of a protected manifest. */
export interface ManifestObject {
    manifest: string;
    object: KubernetesObject;
}

/** The objects of the protected manifests; the root certificate is a placeholder. */
export function readProtectedObjects(): ManifestObject[] {
    return protectedManifestNames.flatMap((manifest) =>
        manifestObjects<KubernetesObject>(readFileSync(manifestPath(manifest), "utf8")).map((object) => ({
            manifest,
            object,
        })),
    );
}

/** The objects as applied. @param rootCertificate PEM */
export function withRootCertificate(objects: ManifestObject[], rootCertificate: string): ManifestObject[] {
    const base64 = Buffer.from(rootCertificate).toString("base64");
    return JSON.parse(JSON.stringify(objects).replaceAll(rootCertificatePlaceholder, base64));
}

/** kind, namespace and name of an object. */
export function nameOf({ kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): string {
    return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;
}

/** Compares an object of a manifest with the cluster's. */
export function compare(
    { manifest, object }: ManifestObject,
    live: KubernetesObject | undefined,
    built: Map<string, Identity>,
): ProtectedObject {
    return {
        name: nameOf(object),
        kind: object.kind,
        manifest,
        built: built.get(nameOf(object)),
        live: live && identitySchema.parse(live.metadata),
        differences: live ? differences(contentOf(withDefaults(object)), contentOf(live)) : [],
    };
}

const identitySchema = z.object({
    uid: z.string(),
    generation: z.number().optional(),
    creationTimestamp: z.string().optional(),
});

const resourceSchema = z.object({
    type: z.string().startsWith("kubernetes:"),
    outputs: z.object({
        kind: z.string(),
        metadata: identitySchema.extend({ name: z.string(), namespace: z.string().optional() }),
    }),
});

/** Identities of the cluster's objects, by {@link nameOf}, as Pulumi recorded them when it built the lab. */
export function identitiesAsBuilt({ deployment }: Pick<Stack, "deployment">): Map<string, Identity> {
    const resources = z.array(z.unknown()).catch([]).parse(deployment.deployment.resources);
    return new Map(
        resources
            .flatMap((resource) => resourceSchema.safeParse(resource).data ?? [])
            .map(({ outputs: { kind, metadata } }) => [nameOf({ kind, metadata }), identitySchema.parse(metadata)]),
    );
}
