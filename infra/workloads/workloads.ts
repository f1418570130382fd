import * as pulumi from "@pulumi/pulumi";
import { allOf } from "../config/dependencies";
import type { KubernetesCluster } from "../roles/kubernetes-cluster";
import { applyManifest } from "./apply-manifest";

export interface WorkloadsArgs {
    cluster: KubernetesCluster;
    /** PEM; the ACME issuer trusts it. */
    rootCertificate: pulumi.Input<string>;
}

/**
 * The pods of the four manifests, and the objects that these pods serve.
 *
 * One manifest after another: an emulated API server stops responding when the pods of all of them start at once.
 */
export class Workloads extends pulumi.ComponentResource {
    /** The last objects: the site and its ingress. */
    readonly started: pulumi.Output<pulumi.Resource[]>;

    constructor(name: string, args: WorkloadsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Workloads", name, {}, opts);
        const order = ["ingress-controller.yaml", "cert-manager.yaml", "root-ca.yaml", "web.yaml"] as const;
        this.started = order.reduce(
            (earlier, file) =>
                applyManifest(
                    `${name}-${file.replace(".yaml", "")}`,
                    { ...args, file, needingNodes: true },
                    { parent: this, dependsOn: earlier },
                ),
            allOf(opts?.dependsOn ?? []),
        );
        this.registerOutputs();
    }
}
