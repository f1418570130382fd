import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { localScript } from "../config/local-script";

/**
 * The Secret with the certificate that the ingress controller serves while a site has none of its own.
 *
 * cert-manager could issue it, but it would put the authority's certificate into the Secret, and haproxy-ingress serves
 * all that is there: a client would complain of a self-signed certificate in the chain, in other words than the
 * problem statement's.
 */
export class FallbackCertificate extends pulumi.ComponentResource {
    /** As the ingress controller's --default-ssl-certificate names it. */
    readonly secret: k8s.core.v1.Secret;

    constructor(
        name: string,
        { provider }: { provider: k8s.Provider },
        opts?: pulumi.ComponentResourceOptions & { deletedWith?: pulumi.Resource },
    ) {
        super("certificate-lab:index:FallbackCertificate", name, {}, opts);
        const generate = new command.local.Command(
            name,
            { ...localScript("infra/workloads/generate-fallback-certificate.sh"), logging: "none" },
            // An edited script must not replace the certificate of a lab that exists.
            { parent: this, additionalSecretOutputs: ["stdout"], ignoreChanges: ["create"] },
        );
        this.secret = new k8s.core.v1.Secret(
            name,
            {
                // In a namespace that is there before any manifest is applied.
                metadata: { name: "fallback-certificate", namespace: "kube-system" },
                type: "kubernetes.io/tls",
                data: {
                    "tls.crt": generate.stdout.apply((output) => pemBlock(output, "CERTIFICATE")),
                    "tls.key": generate.stdout.apply((output) => pemBlock(output, "PRIVATE KEY")),
                },
            },
            { parent: this, provider, deletedWith: opts?.deletedWith },
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
