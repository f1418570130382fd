import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../config/config-files";

/** The manifests of the problem statement, in the order in which they are applied. */
export const manifestNames = ["cert-manager.yaml", "ingress-controller.yaml", "root-ca.yaml", "web.yaml"] as const;

export type ManifestName = (typeof manifestNames)[number];

/** The manifests that the problem forbids to change. */
export const protectedManifestNames = manifestNames.filter((name) => name !== "web.yaml");

/** Text in manifests/root-ca.yaml in place of the base64 of the root certificate. */
export const rootCertificatePlaceholder = "ROOT_CERTIFICATE_BASE64";

/** The path of a manifest in the repository. */
export function manifestPath(name: ManifestName): string {
    return join(repositoryRoot, "manifests", name);
}

/**
 * A manifest as it is applied and stored on host.
 *
 * @param rootCertificate PEM, without a line end at its end, as a command resource returns it
 */
export function manifestText(name: ManifestName, rootCertificate: string): string {
    return readFileSync(manifestPath(name), "utf8").replaceAll(
        rootCertificatePlaceholder,
        Buffer.from(rootCertificate).toString("base64"),
    );
}
