import * as pulumi from "@pulumi/pulumi";
import { allOf } from "../config/dependencies";
import type { KubernetesCluster } from "../roles/kubernetes-cluster";
import { applyManifest } from "./apply-manifest";
import type { ManifestName } from "./manifest-files";

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
        const apply = (file: ManifestName, earlier: pulumi.Output<pulumi.Resource[]>) =>
            applyManifest(
                `${name}-${file.replace(".yaml", "")}`,
                { ...args, file, needingNodes: true },
                { parent: this, dependsOn: earlier },
            );
        const ingressController = apply("ingress-controller.yaml", allOf(opts?.dependsOn ?? []));
        const certManager = apply("cert-manager.yaml", ingressController);
        const webhook = args.cluster.master.command(
            `${name}-webhook`,
            { create: "await-webhook", deadline: 900 },
            { parent: this, dependsOn: certManager },
        );
        const rootCa = apply("root-ca.yaml", allOf([webhook]));
        this.started = apply("web.yaml", rootCa);
        this.registerOutputs();
    }
}
