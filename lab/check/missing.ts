import type { MachineName } from "../../infra/config/address-plan";
import { printableLine } from "../lib/printable";
import type { Evidence } from "./evidence/evidence";
import { broken, type Finding, notEvaluated } from "./outcome";

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
    return cluster.failure.kind === "refused"
        ? broken(`the API server denies access to the grader: ${message}`)
        : notEvaluated(`the API server does not respond: ${message}`);
}
