import { z } from "zod";
import { addressPlan, domain } from "../../infra/config/address-plan";
import { certificateName, labIssuer } from "../lib/certificate";
import { printableLine } from "../lib/printable";
import { certificatesIn, fingerprintOf } from "./evidence/acme-server";
import { type ClusterObject, type Evidence, type IssuedCertificate, objectsOf } from "./evidence/evidence";
import { unreadable } from "./missing";
import { broken, type Finding, notEvaluated, pass, unsolved } from "./outcome";

const site = `www.${domain}`;

const accountSchema = z.object({ status: z.object({ acme: z.object({ uri: z.string() }) }) });

/**
 * The authority's database shows which client ordered the certificate in the secret. The objects of cert-manager do not: a
 * contestant can write them, and `kubectl delete -f web.yaml` deletes them and leaves the secret.
 */
export function evaluateIssuance(evidence: Evidence): Finding {
    const failure = unreadable(evidence);
    if (failure) {
        return failure;
    }
    const secret = evidence.cluster.objects.find(
        ({ kind, metadata }) => kind === "Secret" && metadata.name === certificateName,
    );
    const der = leafOf(secret);
    if (!der) {
        return unsolved(`the secret ${certificateName} has no certificate`);
    }
    const { authority } = evidence;
    if (authority.failure !== undefined) {
        return notEvaluated(`the authority's database cannot be read: ${printableLine(authority.failure)}`);
    }
    const issued = authority.certificates.find(({ fingerprint }) => fingerprint === fingerprintOf(der));
    if (!issued) {
        return unsolved("the secret's certificate is not in the authority's database: it was not ordered there");
    }
    // The page's check includes the validity, by the machines' clocks, which stop while the lab is stopped.
    if (!issued.names.includes(site)) {
        return unsolved(`the secret's certificate is for ${printableLine(issued.names.join(", "))}`);
    }
    return evaluateOrder(issued, evidence);
}

/** The order's account is cert-manager's, and cert-manager finalized the order. */
function evaluateOrder(issued: IssuedCertificate, evidence: Evidence): Finding {
    const [first] = evidence.authority.accounts;
    const present = accountOf(
        objectsOf(evidence, "ClusterIssuer").find(({ metadata }) => metadata.name === labIssuer.name),
    );
    // cert-manager's first account is the lab's oldest; a new one follows when its key is deleted.
    if (![first?.id, present].includes(issued.account)) {
        return broken(
            `the secret's certificate was ordered at ${issued.created} with another account than ${labIssuer.name}'s`,
        );
    }
    const sharing = issuersWithAccount(issued.account, evidence);
    if (sharing.length > 0) {
        return broken(`another issuer uses the account of ${labIssuer.name}: ${printableLine(sharing.join(", "))}`);
    }
    const { machines } = addressPlan(evidence.network);
    const stranger = issued.finalizeRequests.find(
        ({ address, userAgent }) => address === machines.host || !userAgent.startsWith("cert-manager"),
    );
    return stranger
        ? broken(
              `the certificate's order was not finalized by cert-manager, but from ${printableLine(stranger.address)} ` +
                  `by ${printableLine(stranger.userAgent || "an unnamed client")} at ${stranger.time}`,
          )
        : pass(`ordered at ${issued.created} with the account of ${labIssuer.name}`);
}

function leafOf(secret: ClusterObject | undefined): Buffer | undefined {
    const data = z.object({ data: z.object({ "tls.crt": z.string() }) }).safeParse(secret).data?.data;
    return data && certificatesIn(Buffer.from(data["tls.crt"], "base64").toString())[0];
}

/** The identifier of an issuer's account at the authority: the end of its URL. */
function accountOf(issuer: ClusterObject | undefined): string | undefined {
    return accountSchema.safeParse(issuer).data?.status.acme.uri.split("/").at(-1);
}

function issuersWithAccount(account: string, evidence: Evidence): string[] {
    return [...objectsOf(evidence, "ClusterIssuer"), ...objectsOf(evidence, "Issuer")]
        .filter(({ kind, metadata }) => kind !== labIssuer.kind || metadata.name !== labIssuer.name)
        .filter((issuer) => accountOf(issuer) === account)
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`);
}
