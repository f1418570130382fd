import type { MachineName } from "../../infra/config/address-plan";
import { isComplete } from "../lib/framed-script";
import { printableLine } from "../lib/printable";
import { type Evidence, sectionOf } from "./evidence/evidence";
import { brokenForNow, type Finding, notEvaluated } from "./outcome";

/** The finding of a check that needs these sections, when a machine did not return all of one; undefined when it did. */
export function incomplete(
    evidence: Pick<Evidence, "machines">,
    machine: MachineName,
    names: readonly string[],
): Finding | undefined {
    for (const name of names) {
        const section = sectionOf(evidence, machine, name);
        if (section === undefined) {
            return missing(evidence, machine, `the section ${name}`);
        }
        if (!isComplete(section)) {
            return notEvaluated(`${machine} did not return all of the section ${name}`);
        }
    }
    return undefined;
}

/** The finding of a check whose evidence a machine did not return. @param what for example "the page" */
export function missing({ machines }: Pick<Evidence, "machines">, machine: MachineName, what: string): Finding {
    const reason = machines[machine]?.failure ?? "it was not examined";
    return notEvaluated(`${machine} did not return ${what}: ${printableLine(reason)}`);
}

/** The finding of every check that needs the cluster, when the cluster could not be read; undefined when it was read. */
export function unreadable({ cluster }: Pick<Evidence, "cluster">): Finding | undefined {
    if (cluster.failure === undefined) {
        return undefined;
    }
    const message = printableLine(cluster.failure.message);
    // A starting API server denies access until it has read its roles.
    return cluster.failure.kind === "refused"
        ? brokenForNow(`the API server denies access to the grader: ${message}`)
        : notEvaluated(`the API server does not respond: ${message}`);
}
