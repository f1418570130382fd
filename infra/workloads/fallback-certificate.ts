import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { localScript } from "../config/local-script";
import type { KubernetesCluster } from "../roles/kubernetes-cluster";

export interface FallbackCertificateArgs {
    cluster: KubernetesCluster;
}

/**
 * The Secret with the certificate that the ingress controller presents for a site without a certificate.
 *
 * cert-manager would store the authority's certificate in the Secret as well, and haproxy-ingress presents the whole
 * Secret: clients would report a self-signed certificate in the chain, which is not the message of the problem statement.
 */
export class FallbackCertificate extends pulumi.ComponentResource {
    /** Named in the ingress controller's --default-ssl-certificate. */
    readonly secret: k8s.core.v1.Secret;

    constructor(name: string, { cluster }: FallbackCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:FallbackCertificate", name, {}, opts);
        const generate = new command.local.Command(
            `${name}-generated`,
            { ...localScript("infra/workloads/generate-fallback-certificate.sh"), logging: "none" },
            // An edited script must not replace the certificate of a lab that exists.
            { parent: this, additionalSecretOutputs: ["stdout"], ignoreChanges: ["create"] },
        );
        this.secret = new k8s.core.v1.Secret(
            name,
            {
                // A namespace that exists before any manifest is applied.
                metadata: { name: "fallback-certificate", namespace: "kube-system" },
                type: "kubernetes.io/tls",
                data: {
                    "tls.crt": generate.stdout.apply((output) => pemBlock(output, "CERTIFICATE")),
                    "tls.key": generate.stdout.apply((output) => pemBlock(output, "PRIVATE KEY")),
                },
            },
            { parent: this, provider: cluster.provider, deletedWith: cluster.master.domain },
        );
        this.registerOutputs();
    }
}

/** The base64 of the first PEM block (RFC 7468) with that label. */
function pemBlock(text: string, label: string): string {
    const [block] = text.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----\n?`)) ?? [];
    if (!block) {
        throw new Error(`generate-fallback-certificate.sh printed no ${label}`);
    }
    return Buffer.from(block).toString("base64");
}
