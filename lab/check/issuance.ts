import { z } from "zod";
import type { Check } from "./check";
import { type Judgement, pass, unsolved } from "./judge";

/** The certificate in the secret is one that cert-manager got from the issuer, not one put there by hand. */
export const issuance: Check = {
    name: "issued by cert-manager",
    judge: async ({ read, list }) => {
        const secret = await read({ apiVersion: "v1", kind: "Secret", metadata: { name: "www-ictsc-test-tls" } });
        const requests = await list({ apiVersion: "cert-manager.io/v1", kind: "CertificateRequest" });
        return judgeIssuance(secret?.data?.["tls.crt"], requests);
    },
};

const requestsSchema = z.array(
    z.object({
        spec: z.object({ issuerRef: z.object({ name: z.string() }) }),
        status: z.object({ certificate: z.string().optional() }).default({}),
    }),
);

/**
 * @param inSecret base64 of the secret's tls.crt
 * @param requests the CertificateRequests; each holds, base64, what its issuer answered
 */
export function judgeIssuance(inSecret: string | undefined, requests: object[]): Judgement {
    if (!inSecret) {
        return unsolved("the secret www-ictsc-test-tls holds no certificate");
    }
    const issued = requestsSchema
        .parse(requests)
        .filter(({ spec }) => spec.issuerRef.name === "ictsc-acme")
        .map(({ status }) => status.certificate);
    return issued.includes(inSecret)
        ? pass("the secret holds what ictsc-acme answered to cert-manager's request")
        : unsolved("the secret's certificate is none that cert-manager got from ictsc-acme");
}
