import { z } from "zod";
import { kubectl } from "../kubectl";
import type { Check } from "./check";
import { broken, type Judgement, type Output, pass, unsolved } from "./judge";

/** The issuer in manifests/root-ca.yaml. */
const issuer = { kind: "ClusterIssuer", name: "ictsc-acme" };

/** READY of the problem's certificate, as `kubectl get cert` shows it. */
export const certificate: Check = {
    name: "certificate is Ready",
    judge: async ({ run }) =>
        judgeCertificate(await run("k8s-master", `${kubectl} get certificate www-ictsc-test-tls --output json`)),
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

/** `kubectl get certificate --output json`: READY is True, and the problem's issuer is asked for it. */
export function judgeCertificate({ exitCode, stdout, stderr }: Output): Judgement {
    if (exitCode !== 0) {
        return unsolved(stderr.trim() || "there is no certificate");
    }
    const { spec, status } = certificateSchema.parse(JSON.parse(stdout));
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
