import { z } from "zod";
import { readyCondition } from "./conditions";
import type { KubernetesObject } from "./kubernetes-api";

/** The problem's certificate, which the Ingress in manifests/web.yaml requests. */
export const certificateName = "www-ictsc-test-tls";

/** The certificate as an object of the cluster. Its secret has the same name. */
export const certificateReference = {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: certificateName },
} as const satisfies KubernetesObject;

/** The issuer in manifests/root-ca.yaml. */
export const labIssuer: IssuerReference = { kind: "ClusterIssuer", name: "ictsc-acme" };

export interface IssuerReference {
    kind: string;
    name: string;
}

/** A certificate as `kubectl get certificate` shows it. */
export interface Certificate {
    name: string;
    /** The issuer that cert-manager requests the certificate from. */
    issuer: IssuerReference;
    /** READY; Unknown as long as cert-manager has not written it. */
    ready: "True" | "False" | "Unknown";
    /** cert-manager's message for READY. */
    message: string;
}

const certificateSchema = z.object({
    metadata: z.object({ name: z.string() }),
    // Defaults: https://cert-manager.io/docs/reference/api-docs/#meta.cert-manager.io/v1.ObjectReference
    spec: z.object({ issuerRef: z.object({ name: z.string(), kind: z.string().default("Issuer") }) }),
});

/** @param object a Certificate of the cluster */
export function parseCertificate(object: object): Certificate {
    const { metadata, spec } = certificateSchema.parse(object);
    const ready = readyCondition(object);
    return {
        name: metadata.name,
        issuer: spec.issuerRef,
        ready: z.enum(["True", "False", "Unknown"]).catch("Unknown").parse(ready?.status),
        message: ready?.message ?? "no condition Ready yet",
    };
}

/** Whether an issuer is the lab's. */
export function isLabIssuer({ kind, name }: IssuerReference): boolean {
    return kind === labIssuer.kind && name === labIssuer.name;
}
