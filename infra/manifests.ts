import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FallbackCertificate } from "./fallback-certificate";
import {
    type ManifestName,
    manifestNames,
    manifestPath,
    manifestText,
    rootCertificatePlaceholder,
} from "./manifest-files";
import { manifestStages } from "./manifest-stages";

/** What lies on host: each manifest's text, byte for byte what {@link Manifests} applies. */
export function manifestTexts(rootCertificate: pulumi.Input<string>): Record<ManifestName, pulumi.Output<string>> {
    const root = pulumi.output(rootCertificate);
    return Object.fromEntries(
        manifestNames.map((name) => [name, root.apply((pem) => manifestText(name, pem))]),
    ) as Record<ManifestName, pulumi.Output<string>>;
}

type Resources = pulumi.Output<pulumi.Resource[]>;

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
        const apply = (file: ManifestName, after: Resources[]) =>
            manifestStages(readFileSync(manifestPath(file), "utf8")).reduce<Resources>(
                (earlier, objs, index) =>
                    new k8s.yaml.ConfigGroup(
                        `${file}-${index + 1}`,
                        {
                            objs,
                            transformations: [
                                (object, options) => {
                                    fillIn(object, base64);
                                    // A component's own dependencies don't reach its objects, so each object gets them.
                                    options.dependsOn = earlier;
                                    options.deletedWith = opts?.deletedWith;
                                },
                            ],
                        },
                        { parent: this, provider },
                    ).resources.apply((made) => Object.values(made)),
                pulumi.all(after).apply((resources) => resources.flat()),
            );
        const fallback = new FallbackCertificate(
            "fallback-certificate",
            { provider },
            { parent: this, deletedWith: opts?.deletedWith },
        );
        const certManager = apply("cert-manager.yaml", []);
        const ingressController = apply("ingress-controller.yaml", [pulumi.output([fallback.secret])]);
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
