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
}

/**
 * The four manifests in the cluster. They go with it: nothing is deleted one by one when the cluster goes.
 *
 * They come in two steps, before and after the workers: an emulated API server that has nothing else to do takes
 * cert-manager's definitions in a minute, and busy with new nodes and their pods in five.
 */
export class Manifests extends pulumi.ComponentResource {
    /** All objects that make no pods and wait for none. */
    readonly prepared: Resources;
    private readonly applyStages: (file: ManifestName, which: "prepared" | "started", after: Resources[]) => Resources;

    constructor(
        name: string,
        { provider, rootCertificate }: ManifestsArgs,
        opts?: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource },
    ) {
        super("certificate-lab:index:Manifests", name, {}, opts);
        const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
        this.applyStages = (file, which, after) =>
            manifestStages(readFileSync(manifestPath(file), "utf8")).reduce<Resources>(
                (earlier, objs, index) =>
                    (needsNodes(file, objs) ? "started" : "prepared") === which
                        ? new k8s.yaml.ConfigGroup(
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
                          ).resources.apply((made) => Object.values(made))
                        : earlier,
                all(after),
            );
        const fallback = new FallbackCertificate(
            "fallback-certificate",
            { provider },
            { parent: this, deletedWith: opts?.deletedWith },
        );
        this.prepared = all([
            this.applyStages("cert-manager.yaml", "prepared", []),
            this.applyStages("ingress-controller.yaml", "prepared", [pulumi.output([fallback.secret])]),
        ]);
        this.registerOutputs();
    }

    /** Starts the pods once the nodes are Ready, in steps: all at once they would keep the API server from answering. */
    start(nodesReady: pulumi.Resource): void {
        const nodes = pulumi.output([nodesReady]);
        const ingressController = this.applyStages("ingress-controller.yaml", "started", [this.prepared, nodes]);
        const certManager = this.applyStages("cert-manager.yaml", "started", [ingressController]);
        const rootCa = this.applyStages("root-ca.yaml", "started", [certManager]);
        this.applyStages("web.yaml", "started", [rootCa]);
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
