import { type Hint, hint } from "./hint";
import type { LabFacts } from "./observation";

/** What is still missing of the end state once the self check is answered; undefined when nothing is. */
export function certificateFault({ cluster, pageProblem }: LabFacts): Hint | undefined {
    const { certificate, failedOrder, challengeReason } = cluster;
    if (certificate === undefined) {
        return hint("certificate-missing");
    }
    if (!certificate.ready) {
        return failedOrder !== undefined
            ? hint("order-failed", { reason: failedOrder })
            : hint("certificate-waiting", { reason: challengeReason || certificate.message });
    }
    return pageProblem === undefined ? undefined : hint("page-missing", { problem: pageProblem });
}
