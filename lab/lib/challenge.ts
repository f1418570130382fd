import { z } from "zod";

/** The kind of ACME challenges, for the API client. */
export const challengeKind = { apiVersion: "acme.cert-manager.io/v1", kind: "Challenge" } as const;

/** An ACME challenge as `kubectl get challenges` shows it. */
export interface Challenge {
    /** `pending`, `valid`, ..., or `new` as long as cert-manager has not written it (RFC 8555, 7.1.6). */
    state: string;
    /** cert-manager's reason for the state. */
    reason: string;
}

const challengeSchema = z.object({
    status: z.object({ state: z.string().optional(), reason: z.string().optional() }).optional(),
});

/** @param object a Challenge of the cluster */
export function parseChallenge(object: object): Challenge {
    const { status } = challengeSchema.parse(object);
    return { state: status?.state || "new", reason: status?.reason || "no reason yet" };
}
