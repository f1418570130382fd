import { z } from "zod";
import { kubectl } from "../kubectl";
import type { Check } from "./check";
import { type Judgement, pass, unsolved } from "./judge";

/** The certificate in the secret is one that cert-manager got from the issuer, not one put there by hand. */
export const issuance: Check = {
    name: "issued by cert-manager",
    judge: async ({ run }) => {
        const secret = await run(
            "k8s-master",
            `${kubectl} get secret www-ictsc-test-tls --ignore-not-found --output jsonpath='{.data.tls\\.crt}'`,
        );
        const requests = await run("k8s-master", `${kubectl} get certificaterequests --output json`);
        return judgeIssuance(secret.stdout, requests.stdout);
    },
};

const requestsSchema = z.object({
    items: z.array(
        z.object({
            spec: z.object({ issuerRef: z.object({ name: z.string() }) }),
            status: z.object({ certificate: z.string().optional() }).default({}),
        }),
    ),
});

/**
 * @param inSecret base64 of the secret's tls.crt; empty without a secret
 * @param requests `kubectl get certificaterequests --output json`; each holds, base64, what its issuer answered
 */
export function judgeIssuance(inSecret: string, requests: string): Judgement {
    if (inSecret === "") {
        return unsolved("the secret www-ictsc-test-tls holds no certificate");
    }
    const issued = requestsSchema
        .parse(JSON.parse(requests))
        .items.filter(({ spec }) => spec.issuerRef.name === "ictsc-acme")
        .map(({ status }) => status.certificate);
    return issued.includes(inSecret)
        ? pass("the secret holds what ictsc-acme answered to cert-manager's request")
        : unsolved("the secret's certificate is none that cert-manager got from ictsc-acme");
}
