import { z } from "zod";
import type { Check } from "./check";
import { broken, type Judgement, pass, unsolved } from "./judge";

/** The issuer in manifests/root-ca.yaml. */
const issuer = { kind: "ClusterIssuer", name: "ictsc-acme" };

/** READY of the problem's certificate, as `kubectl get cert` shows it. */
export const certificate: Check = {
    name: "certificate is Ready",
    judge: async ({ read }) =>
        judgeCertificate(
            await read({
                apiVersion: "cert-manager.io/v1",
                kind: "Certificate",
                metadata: { name: "www-ictsc-test-tls" },
            }),
        ),
};

const certificateSchema = z.object({
    spec: z.object({ issuerRef: z.object({ name: z.string(), kind: z.string().default("Issuer") }) }),
    status: z
        .object({
            conditions: z
                .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
                .default([]),
        })
        .default({ conditions: [] }),
});

/** READY is True, and the problem's issuer is asked for it. */
export function judgeCertificate(object: object | undefined): Judgement {
    if (!object) {
        return unsolved("there is no certificate www-ictsc-test-tls");
    }
    const { spec, status } = certificateSchema.parse(object);
    if (spec.issuerRef.name !== issuer.name || spec.issuerRef.kind !== issuer.kind) {
        return broken(
            `the certificate is asked of ${spec.issuerRef.kind} ${spec.issuerRef.name}, not of ${issuer.kind} ${issuer.name}`,
        );
    }
    const ready = status.conditions.find((condition) => condition.type === "Ready");
    return ready?.status === "True"
        ? pass("www-ictsc-test-tls is Ready")
        : unsolved(`www-ictsc-test-tls is not Ready: ${ready?.message ?? "no condition yet"}`);
}
