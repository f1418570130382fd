import { z } from "zod";
import { labNameIn } from "./libvirt-objects";
import type { Deployment } from "./pulumi";

const resourceSchema = z.object({
    urn: z.string(),
    type: z.string(),
    inputs: z.record(z.string(), z.unknown()).default({}),
    outputs: z.record(z.string(), z.unknown()).default({}),
});

/** A resource of a stack's state. */
export type Resource = z.output<typeof resourceSchema>;

const stateSchema = z.object({
    resources: z.array(resourceSchema).nullish(),
    pending_operations: z.array(z.object({ resource: resourceSchema })).nullish(),
});

/** A secret in a state with its secrets in plain text. */
const secretSchema = z.object({ plaintext: z.string() }).transform(({ plaintext }) => JSON.parse(plaintext) as unknown);

/** The resources of a stack. */
export function resourcesOf({ deployment }: Deployment): Resource[] {
    return stateSchema.parse(deployment).resources ?? [];
}

/** The resources that an update is working on, or was working on when it was interrupted. */
export function pendingResourcesOf({ deployment }: Deployment): Resource[] {
    return (stateSchema.parse(deployment).pending_operations ?? []).map(({ resource }) => resource);
}

/** A stack's state without pending operations. */
export function withoutPendingOperations(exported: Deployment): Deployment {
    const { pending_operations: _, ...deployment } = exported.deployment;
    return { ...exported, deployment };
}

/**
 * A state with its secrets in plain text, to be imported into another stack: Pulumi encrypts them with the passphrase or
 * the key of the secrets provider that the state names.
 *
 * @param target any state of the other stack
 */
export function withSecretsProviderOf(exported: Deployment, target: Deployment): Deployment {
    const { secrets_providers } = target.deployment;
    return { ...exported, deployment: { ...exported.deployment, secrets_providers } };
}

/** A resource's name: the text after the last `::` of its URN, https://www.pulumi.com/docs/iac/concepts/resources/names/ */
export function nameOf({ urn }: Resource): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The name of a stack, from the URN of one of its resources. */
export function stackNameOf({ urn }: Resource): string | undefined {
    return urn.split(":")[2];
}

/** A property of a resource, decrypted where the state has its secrets in plain text. */
export function plain(value: unknown): unknown {
    const secret = secretSchema.safeParse(value);
    return secret.success ? secret.data : value;
}

/** The name of a libvirt object; undefined for any other resource. */
export function libvirtNameOf({ type, inputs, outputs }: Resource): string | undefined {
    return type.startsWith("libvirt:") ? z.string().safeParse(outputs.name ?? inputs.name).data : undefined;
}

/** The names of labs with libvirt objects among these resources: one, or two while the setting `name` is changed. */
export function labNamesIn(resources: readonly Resource[]): Set<string> {
    return new Set(
        resources.flatMap((resource) => {
            const kind = resource.type.split(":").at(-1);
            const name = libvirtNameOf(resource);
            const labName = kind !== undefined && name !== undefined ? labNameIn(kind, name) : undefined;
            return labName === undefined ? [] : [labName];
        }),
    );
}
