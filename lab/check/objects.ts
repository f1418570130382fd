import { printableLine } from "../lib/printable";
import type { Evidence, ProtectedObject } from "./evidence/evidence";
import { unreadable } from "./missing";
import { broken, type Finding, pass } from "./outcome";

/**
 * Kinds whose generation only a change of their specification raises. Restarts and scaling raise a workload's, and
 * cert-manager itself writes its authority into the webhooks' configuration.
 */
const changedOnlyByUsers = ["ClusterIssuer", "CustomResourceDefinition"];

/** Fields of a workload that may differ for some time after restarts and scaling. */
const allowedFields: Record<string, RegExp> = {
    Deployment: /^spec\.replicas$/,
};

/** The objects of the protected manifests are as deployed, and were never changed. */
export function evaluateObjects(evidence: Evidence): Finding {
    const failure = unreadable(evidence);
    if (failure) {
        return failure;
    }
    const changes = evidence.cluster.protectedObjects.flatMap((object) => {
        const change = changeOf(object);
        return change ? [`${object.name} ${change}`] : [];
    });
    return changes.length > 0
        ? broken(`changed: ${printableLine(changes.sort().join("; "), 600)}`)
        : pass(`${evidence.cluster.protectedObjects.length} objects are as they were deployed`);
}

/** The change of an object since its deployment; undefined when there is none. */
export function changeOf({ kind, built, live, differences }: ProtectedObject): string | undefined {
    if (!live) {
        return "was deleted";
    }
    const found = differences.filter(({ path }) => !allowedFields[kind]?.test(path));
    if (found.length > 0) {
        const paths = found.slice(0, 3).map(({ path }) => path);
        return `(${paths.join(", ")}${found.length > 3 ? ", ..." : ""})`;
    }
    if (built && built.uid !== live.uid) {
        return `was deleted and created again at ${live.creationTimestamp}`;
    }
    if (changedOnlyByUsers.includes(kind) && (live.generation ?? 1) > (built?.generation ?? 1)) {
        return `was changed for some time: its generation is ${live.generation}, not ${built?.generation ?? 1}`;
    }
    return undefined;
}
