import type { LabFacts } from "./facts";
import { type Hint, hint } from "./hint";

/** What is missing of the end state once the self check passes; undefined for nothing. */
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
