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
import { manifestStages, needsNodes } from "./manifest-stages";

/** What lies on host: each manifest's text, byte for byte what {@link Manifests} applies. */
export function manifestTexts(rootCertificate: pulumi.Input<string>): Record<ManifestName, pulumi.Output<string>> {
    const root = pulumi.output(rootCertificate);
    return Object.fromEntries(
        manifestNames.map((name) => [name, root.apply((pem) => manifestText(name, pem))]),
    ) as Record<ManifestName, pulumi.Output<string>>;
}

type Resources = pulumi.Output<pulumi.Resource[]>;

const all = (parts: Resources[]): Resources => pulumi.all(parts).apply((resources) => resources.flat());

export interface ManifestsArgs {
    provider: k8s.Provider;
    /** PEM. */
    rootCertificate: pulumi.Input<string>;
    /** Done when pods can start. */
    nodesReady: pulumi.Resource;
}

/**
 * The four manifests in the cluster. They go with it: nothing is deleted one by one when the cluster goes.
 *
 * What makes no pods is created while the workers join: an emulated API server takes a minute for cert-manager's
 * definitions. Pods come in steps afterwards, because starting all at once keeps it from answering for minutes.
 */
export class Manifests extends pulumi.ComponentResource {
    constructor(
        name: string,
        { provider, rootCertificate, nodesReady }: ManifestsArgs,
        opts?: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource },
    ) {
        super("certificate-lab:index:Manifests", name, {}, opts);
        const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
        const apply = (file: ManifestName, after: Resources[], podsAfter: Resources[]) =>
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
                                    options.dependsOn = needsNodes(objs) ? all([earlier, ...podsAfter]) : earlier;
                                    options.deletedWith = opts?.deletedWith;
                                },
                            ],
                        },
                        { parent: this, provider },
                    ).resources.apply((made) => Object.values(made)),
                all(after),
            );
        const fallback = new FallbackCertificate(
            "fallback-certificate",
            { provider },
            { parent: this, deletedWith: opts?.deletedWith },
        );
        const nodes = pulumi.output([nodesReady]);
        const ingressController = apply("ingress-controller.yaml", [pulumi.output([fallback.secret])], [nodes]);
        const certManager = apply("cert-manager.yaml", [], [ingressController]);
        const rootCa = apply("root-ca.yaml", [certManager], []);
        apply("web.yaml", [rootCa], []);
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
