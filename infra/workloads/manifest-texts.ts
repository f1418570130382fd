import * as pulumi from "@pulumi/pulumi";
import { type ManifestName, manifestNames, manifestText } from "./manifest-files";

/** The text of each manifest as it is applied. */
export function manifestTexts(rootCertificate: pulumi.Input<string>): Record<ManifestName, pulumi.Output<string>> {
    const root = pulumi.output(rootCertificate);
    const texts = manifestNames.map((name) => [name, root.apply((pem) => manifestText(name, pem))]);
    return Object.fromEntries(texts) as Record<ManifestName, pulumi.Output<string>>;
}
