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
import { type ManifestObject, manifestStages, needsNodes } from "./manifest-stages";

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
    /** Has the workers join once these objects are there; what it returns is done when pods can start. */
    join: (prepared: Resources) => pulumi.Resource;
}

/**
 * The four manifests in the cluster. They go with it: nothing is deleted one by one when the cluster goes.
 *
 * They come in two steps, before and after the workers: an emulated API server that has nothing else to do takes
 * cert-manager's definitions in a minute, and busy with new nodes and their pods in five. Pods start in steps as well:
 * all at once they would keep it from answering.
 */
export class Manifests extends pulumi.ComponentResource {
    constructor(
        name: string,
        { provider, rootCertificate, join }: ManifestsArgs,
        opts?: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource },
    ) {
        super("certificate-lab:index:Manifests", name, {}, opts);
        const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
        const apply = (stages: Stage[], after: Resources[]) =>
            stages.reduce<Resources>(
                (earlier, stage) =>
                    new k8s.yaml.ConfigGroup(
                        stage.name,
                        {
                            objs: stage.objs,
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
                all(after),
            );
        const fallback = new FallbackCertificate(
            "fallback-certificate",
            { provider },
            { parent: this, deletedWith: opts?.deletedWith },
        );
        const certManager = parts("cert-manager.yaml");
        const ingressController = parts("ingress-controller.yaml");
        const prepared = all([
            apply(certManager.prepared, []),
            apply(ingressController.prepared, [pulumi.output([fallback.secret])]),
        ]);
        const nodes = pulumi.output([join(prepared)]);
        const serving = apply(ingressController.started, [prepared, nodes]);
        const issuing = apply(certManager.started, [serving]);
        const rootCa = apply(parts("root-ca.yaml").started, [issuing]);
        apply(parts("web.yaml").started, [rootCa]);
        this.registerOutputs();
    }
}

interface Stage {
    name: string;
    objs: ManifestObject[];
}

/** A manifest's stages, parted into those that wait for no nodes and those that do. */
function parts(file: ManifestName): { prepared: Stage[]; started: Stage[] } {
    const stages = manifestStages(readFileSync(manifestPath(file), "utf8")).map((objs, index) => ({
        name: `${file}-${index + 1}`,
        objs,
    }));
    return {
        prepared: stages.filter(({ objs }) => !needsNodes(file, objs)),
        started: stages.filter(({ objs }) => needsNodes(file, objs)),
    };
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
