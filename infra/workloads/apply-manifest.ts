import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allOf, type Dependencies } from "../config/dependencies";
import type { KubernetesCluster } from "../roles/kubernetes-cluster";
import { type ManifestName, manifestPath, rootCertificatePlaceholder } from "./manifest-files";
import { manifestStages, needsNodes } from "./manifest-stages";

export interface ApplyManifestArgs {
    cluster: KubernetesCluster;
    file: ManifestName;
    /** Which of the file's stages: those that need nodes, or the others. */
    needingNodes: boolean;
    /** PEM; replaces the placeholder of a file that has one. */
    rootCertificate?: pulumi.Input<string>;
}

export interface ApplyManifestOptions {
    parent: pulumi.Resource;
    dependsOn?: Dependencies;
}

/**
 * Applies a manifest's stages, each after the one before it. The objects are deleted with the cluster, not one by one.
 *
 * @returns the objects of the last stage, or `dependsOn` when there is no stage
 */
export function applyManifest(
    name: string,
    args: ApplyManifestArgs,
    options: ApplyManifestOptions,
): pulumi.Output<pulumi.Resource[]> {
    const { cluster, file, needingNodes, rootCertificate = "" } = args;
    const base64 = pulumi.output(rootCertificate).apply((pem) => Buffer.from(pem).toString("base64"));
    const stages = manifestStages(readFileSync(manifestPath(file), "utf8"));
    return stages
        .map((objs, index) => ({ objs, name: `${name}-${index + 1}` }))
        .filter(({ objs }) => needsNodes(file, objs) === needingNodes)
        .reduce(
            (earlier, stage) =>
                new k8s.yaml.ConfigGroup(
                    stage.name,
                    {
                        objs: stage.objs,
                        resourcePrefix: stage.name,
                        transformations: [
                            (object, opts) => {
                                substitute(object, base64);
                                // The dependencies of a component do not apply to its objects.
                                opts.dependsOn = earlier;
                                opts.deletedWith = cluster.master.domain;
                            },
                        ],
                    },
                    { parent: options.parent, provider: cluster.provider },
                ).resources.apply((objects) => Object.values(objects)),
            allOf(options.dependsOn ?? []),
        );
}

/** Replaces the placeholder of the root certificate in every string of an object, in place. */
// biome-ignore lint/suspicious/noExplicitAny: a manifest has any shape
function substitute(object: any, value: pulumi.Output<string>): void {
    for (const [key, child] of Object.entries(object)) {
        if (typeof child === "string" && child.includes(rootCertificatePlaceholder)) {
            object[key] = value.apply((base64) => child.replaceAll(rootCertificatePlaceholder, base64));
        } else if (child !== null && typeof child === "object") {
            substitute(child, value);
        }
    }
}
