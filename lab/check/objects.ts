import { isDeepStrictEqual } from "node:util";
import { manifestText, protectedManifestNames } from "../../infra/workloads/manifest-files";
import { manifestObjects } from "../../infra/workloads/manifest-stages";
import type { KubernetesObject } from "../lib/kubernetes-api";
import type { Check, Subject } from "./check";
import { broken, pass } from "./judge";

/** How many objects are asked for at once: an API server under emulation answers no faster when there are more. */
const atOnce = 4;

/**
 * The objects of the protected manifests are in the cluster as they were deployed.
 *
 * Where they are not to the letter what the manifests say, they are compared with what the API server would make of the
 * manifests if they replaced them now, its defaults included: a comparison by server-side apply would not see what
 * somebody added beside the manifest's fields.
 */
export const deployedObjects: Check = {
    name: "deployed objects",
    judge: async ({ read, replacement, rootCertificate }) => {
        const waiting = protectedManifestNames.flatMap((name) =>
            manifestObjects<KubernetesObject>(manifestText(name, rootCertificate)),
        );
        const changes: string[] = [];
        const compareNext = async (): Promise<void> => {
            for (let wanted = waiting.shift(); wanted; wanted = waiting.shift()) {
                const change = await changeOf(wanted, { read, replacement });
                if (change) {
                    changes.push(`${nameOf(wanted)} ${change}`);
                }
            }
        };
        await Promise.all(Array.from({ length: atOnce }, compareNext));
        return changes.length > 0 ? broken(`changed: ${changes.sort().join("; ")}`) : pass("as they were deployed");
    },
};

function nameOf({ kind, metadata }: KubernetesObject): string {
    return [kind, metadata.namespace, metadata.name].filter((part) => part).join(" ");
}

/** What was done to an object since it was deployed; undefined for nothing. */
async function changeOf(
    wanted: KubernetesObject,
    { read, replacement }: Pick<Subject, "read" | "replacement">,
): Promise<string | undefined> {
    const live = await read(wanted);
    if (!live) {
        return "was deleted";
    }
    if (differences(content(live), content(wanted)).length === 0) {
        return undefined;
    }
    const deployed = await replacement(wanted, live);
    if (!deployed) {
        return "was made anew, with other immutable fields";
    }
    const paths = differences(content(live), content(deployed));
    return paths.length > 0 ? `(${paths.slice(0, 3).join(", ")})` : undefined;
}

/** An object without what the cluster itself writes into it. */
function content({ metadata: _, status: __, ...fields }: KubernetesObject): object {
    return JSON.parse(JSON.stringify(fields), (key, value) => {
        // cert-manager's CA injector fills in whom the API server believes its webhook by.
        if (key === "clientConfig" && value !== null && typeof value === "object") {
            const { caBundle: _, ...rest } = value;
            return rest;
        }
        // The API server's default. Cheaper to know than to ask for: a definition's dry run can take half a minute.
        if (key === "conversion" && isDeepStrictEqual(value, { strategy: "None" })) {
            return undefined;
        }
        // `kubectl rollout restart` is allowed: it leaves this mark and changes nothing.
        if (key === "metadata" && value?.annotations) {
            const { "kubectl.kubernetes.io/restartedAt": _, ...annotations } = value.annotations;
            const { annotations: __, ...rest } = value;
            return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
        }
        return value;
    });
}

/** Paths at which two values differ. */
function differences(a: unknown, b: unknown, path = ""): string[] {
    if (isDeepStrictEqual(a, b)) {
        return [];
    }
    if (isObject(a) && isObject(b)) {
        return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
            differences(a[key], b[key], path === "" ? key : `${path}.${key}`),
        );
    }
    return [path];
}

function isObject(value: unknown): value is Record<string, unknown> {
    return value !== null && typeof value === "object";
}
