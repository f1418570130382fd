import { certificateName, isLabIssuer, labIssuer, parseCertificate } from "../lib/certificate";
import { printableLine } from "../lib/printable";
import { type Evidence, objectsOf } from "./evidence/evidence";
import { unreadable } from "./missing";
import { broken, type Finding, pass, unsolved } from "./outcome";

/** READY of the problem's certificate, as `kubectl get cert` shows it, and its issuer. */
export function evaluateCertificate(evidence: Evidence): Finding {
    const failure = unreadable(evidence);
    if (failure) {
        return failure;
    }
    const object = objectsOf(evidence, "Certificate").find(
        ({ metadata }) => metadata.name === certificateName && metadata.namespace === "default",
    );
    if (!object) {
        return unsolved(`there is no certificate ${certificateName}`);
    }
    const { issuer, ready, message } = parseCertificate(object);
    if (!isLabIssuer(issuer)) {
        return broken(
            `the certificate is requested from ${printableLine(`${issuer.kind} ${issuer.name}`)}, ` +
                `not from ${labIssuer.kind} ${labIssuer.name}`,
        );
    }
    return ready === "True"
        ? pass(`${certificateName} is Ready`)
        : unsolved(`${certificateName} is not Ready: ${printableLine(message)}`);
}
