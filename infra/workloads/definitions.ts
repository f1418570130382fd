import * as pulumi from "@pulumi/pulumi";
import { allOf } from "../config/dependencies";
import type { KubernetesCluster } from "../roles/kubernetes-cluster";
import { applyManifest } from "./apply-manifest";
import { FallbackCertificate } from "./fallback-certificate";

export interface DefinitionsArgs {
    cluster: KubernetesCluster;
}

/**
 * The objects of cert-manager and the ingress controller that need no nodes: namespaces, custom resource definitions, roles,
 * configuration.
 *
 * They are created before the workers: an emulated API server accepts cert-manager's definitions in one minute when it
 * is idle, and in five minutes when new nodes and their pods send requests.
 */
export class Definitions extends pulumi.ComponentResource {
    /** The last objects; the API server has accepted all others before them. */
    readonly accepted: pulumi.Output<pulumi.Resource[]>;

    constructor(name: string, { cluster }: DefinitionsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Definitions", name, {}, opts);
        const fallback = new FallbackCertificate(`${name}-fallback-certificate`, { cluster }, { parent: this });
        this.accepted = allOf(
            applyManifest(
                `${name}-cert-manager`,
                { cluster, file: "cert-manager.yaml", needingNodes: false },
                { parent: this, dependsOn: opts?.dependsOn },
            ),
            applyManifest(
                `${name}-ingress-controller`,
                { cluster, file: "ingress-controller.yaml", needingNodes: false },
                { parent: this, dependsOn: fallback.secret },
            ),
        );
        this.registerOutputs();
    }
}
