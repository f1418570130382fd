import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { manifestText, protectedManifestNames } from "../../infra/manifest-files";
import { kubectl } from "../kubectl";
import type { Check } from "./check";
import { broken, type Judgement, pass, unsolved } from "./judge";

// biome-ignore lint/suspicious/noExplicitAny: a Kubernetes object has any shape
type KubernetesObject = Record<string, any>;

/**
 * The objects of the protected manifests are in the cluster as they were deployed.
 *
 * They are compared with what the API server would make of the manifests if they replaced them now, its defaults
 * included: a comparison by server-side apply would not see what somebody added beside the manifest's fields.
 */
export const deployedObjects: Check = {
    name: "deployed objects",
    judge: async ({ run, rootCertificate }) => {
        const stdin = protectedManifestNames.map((name) => manifestText(name, rootCertificate)).join("\n---\n");
        const options = { stdin, deadline: 600 };
        const live = await run("k8s-master", `${kubectl} get --ignore-not-found --output yaml --filename -`, options);
        const replaced = await run(
            "k8s-master",
            `${kubectl} replace --dry-run=server --validate=false --output yaml --filename -; true`,
            options,
        );
        if (live.exitCode !== 0) {
            return unsolved(`could not compare: ${live.stderr.trim().slice(0, 200)}`);
        }
        return judgeObjects(parse(stdin), parse(live.stdout), parse(replaced.stdout));
    },
};

/** Objects of a YAML stream by kind, namespace and name; a List is taken apart. */
function parse(text: string): Map<string, KubernetesObject> {
    const objects = parseAllDocuments(text)
        .map((document) => document.toJS({ maxAliasCount: 0 }) as KubernetesObject | null)
        .flatMap((object) => (object?.kind === "List" ? (object.items as KubernetesObject[]) : [object]))
        .filter((object) => object?.kind !== undefined) as KubernetesObject[];
    return new Map(
        objects.map((object) => [
            [object.kind, object.metadata.namespace, object.metadata.name].filter((part) => part).join(" "),
            object,
        ]),
    );
}

/**
 * @param wanted the manifests' objects
 * @param live what the cluster has of them
 * @param replaced what the cluster would have if the manifests replaced them
 */
export function judgeObjects(
    wanted: Map<string, KubernetesObject>,
    live: Map<string, KubernetesObject>,
    replaced: Map<string, KubernetesObject>,
): Judgement {
    const changes: string[] = [];
    for (const name of wanted.keys()) {
        const now = live.get(name);
        const deployed = replaced.get(name);
        if (now === undefined) {
            changes.push(`${name} was deleted`);
        } else if (deployed === undefined) {
            return unsolved(`could not compare: the API server does not say what ${name} would be`);
        } else {
            const paths = differences(content(now), content(deployed));
            if (paths.length > 0) {
                changes.push(`${name} (${paths.slice(0, 3).join(", ")})`);
            }
        }
    }
    return changes.length > 0 ? broken(`changed: ${changes.join("; ")}`) : pass("as they were deployed");
}

/** An object without what the cluster itself writes into it. */
function content({ metadata: _, status: __, ...fields }: KubernetesObject): KubernetesObject {
    return JSON.parse(JSON.stringify(fields), function (this: KubernetesObject, key, value) {
        // cert-manager's CA injector fills in whom the API server believes its webhook by.
        if (key === "clientConfig" && value !== null && typeof value === "object") {
            const { caBundle: _, ...rest } = value;
            return rest;
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

function isObject(value: unknown): value is KubernetesObject {
    return value !== null && typeof value === "object";
}
