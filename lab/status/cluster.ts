import { z } from "zod";
import { kubectl } from "../lib/kubectl";
import type { CertificateStatus, ChallengeStatus, ClusterNode } from "./observation";

// Asked by path, kubectl does not ask for all kinds first: an API server that hangs must not hold up the screen.
const get = `${kubectl} --request-timeout=20s get --raw`;

/** The commands, run on k8s-master, whose outputs the functions below read. */
export const clusterCommands = {
    nodes: `${get} /api/v1/nodes`,
    certificates: `${get} /apis/cert-manager.io/v1/namespaces/default/certificates`,
    challenges: `${get} /apis/acme.cert-manager.io/v1/namespaces/default/challenges`,
};

const conditionSchema = z.object({ type: z.string(), status: z.string(), message: z.string().default("") });

const conditionedSchema = z.object({
    items: z.array(
        z.object({
            metadata: z.object({ name: z.string() }),
            status: z.object({ conditions: z.array(conditionSchema).default([]) }).default({ conditions: [] }),
        }),
    ),
});

const challengesSchema = z.object({
    items: z.array(
        z.object({
            status: z
                .object({ state: z.string().default(""), reason: z.string().default("") })
                .default({ state: "", reason: "" }),
        }),
    ),
});

/** Every object of a list with its condition Ready. */
function readyConditions(json: string) {
    return conditionedSchema.parse(JSON.parse(json)).items.map(({ metadata, status }) => ({
        name: metadata.name,
        ready: status.conditions.find(({ type }) => type === "Ready"),
    }));
}

export function parseNodes(json: string): ClusterNode[] {
    return readyConditions(json).map(({ name, ready }) => ({ name, ready: ready?.status === "True" }));
}

/** The site's certificate; undefined when there is none. */
export function parseCertificate(json: string): CertificateStatus | undefined {
    const certificate = readyConditions(json).find(({ name }) => name === "www-ictsc-test-tls");
    return (
        certificate && {
            ready: certificate.ready?.status ?? "Unknown",
            message: certificate.ready?.message ?? "cert-manager has not looked at it yet",
        }
    );
}

export function parseChallenges(json: string): ChallengeStatus[] {
    return challengesSchema.parse(JSON.parse(json)).items.map(({ status }) => ({
        state: status.state || "new",
        reason: status.reason || "no reason yet",
    }));
}
