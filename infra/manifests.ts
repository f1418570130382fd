import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { repositoryRoot } from "./config-files";

/** The manifests of the problem statement, in the order in which they are applied. */
export const manifestNames = ["cert-manager.yaml", "ingress-controller.yaml", "root-ca.yaml", "web.yaml"] as const;

export type ManifestName = (typeof manifestNames)[number];

/** Stands in manifests/root-ca.yaml where the base64 of the root certificate belongs; no file can know it beforehand. */
const rootCertificatePlaceholder = "ROOT_CERTIFICATE_BASE64";

const path = (name: ManifestName) => join(repositoryRoot, "manifests", name);

/** What lies on host: each manifest's text, byte for byte what {@link Manifests} applies. */
export function manifestTexts(rootCertificate: pulumi.Input<string>): Record<ManifestName, pulumi.Output<string>> {
    const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
    return Object.fromEntries(
        manifestNames.map((name) => {
            const text = readFileSync(path(name), "utf8");
            return [name, base64.apply((value) => text.replaceAll(rootCertificatePlaceholder, value))];
        }),
    ) as Record<ManifestName, pulumi.Output<string>>;
}

export interface ManifestsArgs {
    provider: k8s.Provider;
    /** PEM. */
    rootCertificate: pulumi.Input<string>;
}

/** The four manifests in the cluster. They go with it: nothing is deleted one by one when the cluster goes. */
export class Manifests extends pulumi.ComponentResource {
    constructor(
        name: string,
        { provider, rootCertificate }: ManifestsArgs,
        opts?: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource },
    ) {
        super("certificate-lab:index:Manifests", name, {}, opts);
        const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
        const apply = (file: ManifestName, after: k8s.yaml.ConfigFile[]) => {
            // A component's own dependencies don't reach its objects, so each object gets them.
            const dependsOn = pulumi.all(after.map((manifest) => manifest.ready)).apply((ready) => ready.flat());
            return new k8s.yaml.ConfigFile(
                file,
                {
                    file: path(file),
                    transformations: [
                        (object, options) => {
                            fillIn(object, base64);
                            options.dependsOn = dependsOn;
                            options.deletedWith = opts?.deletedWith;
                        },
                    ],
                },
                { parent: this, provider },
            );
        };
        const certManager = apply("cert-manager.yaml", []);
        const ingressController = apply("ingress-controller.yaml", [certManager]);
        const rootCa = apply("root-ca.yaml", [certManager]);
        apply("web.yaml", [ingressController, rootCa]);
        this.registerOutputs();
    }
}

/** Replaces the placeholder wherever a string holds it, in place. */
// biome-ignore lint/suspicious/noExplicitAny: a manifest has any shape
function fillIn(object: any, value: pulumi.Output<string>): void {
    for (const [key, child] of Object.entries(object)) {
        if (typeof child === "string" && child.includes(rootCertificatePlaceholder)) {
            object[key] = value.apply((base64) => child.replaceAll(rootCertificatePlaceholder, base64));
        } else if (child !== null && typeof child === "object") {
            fillIn(child, value);
        }
    }
}
