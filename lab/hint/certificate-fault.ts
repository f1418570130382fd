import type { LabFacts } from "./facts";
import { type Hint, hint } from "./hint";

/** The part of the end state that is missing after the self check passes; undefined when nothing is. */
export function certificateFault({ cluster, pageFailure }: LabFacts): Hint | undefined {
    const { certificate, failedOrder, challengeReason } = cluster;
    if (certificate === undefined) {
        return hint("certificate-missing");
    }
    if (!certificate.ready) {
        return failedOrder !== undefined
            ? hint("order-failed", { reason: failedOrder })
            : hint("certificate-waiting", { reason: challengeReason || certificate.message });
    }
    return pageFailure === undefined ? undefined : hint("page-missing", { reason: pageFailure });
}
