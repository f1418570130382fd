import * as pulumi from "@pulumi/pulumi";
import { domain } from "../config/address-plan";
import type { Machine } from "../hypervisor/machine";

export interface AcmeServerArgs {
    machine: Machine;
}

/** The certificate authority on acme-server. Its key never leaves the machine. */
export class AcmeServer extends pulumi.ComponentResource {
    /** The authority's root certificate, PEM. */
    readonly rootCertificate: pulumi.Output<string>;

    constructor(name: string, { machine }: AcmeServerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:AcmeServer", name, {}, opts);
        this.rootCertificate = machine.command(
            `${name}-root-certificate`,
            {
                // The request by name and root certificate proves that clients can use the authority.
                create:
                    `curl --fail --silent --show-error --retry 60 --retry-delay 2 --retry-all-errors --output /dev/null ` +
                    `--cacert /var/lib/step-ca/root_ca.crt https://ca.${domain}/acme/acme/directory ` +
                    `&& cat /var/lib/step-ca/root_ca.crt`,
                logging: "stderr",
            },
            { parent: this },
        ).stdout;
        this.registerOutputs({ rootCertificate: this.rootCertificate });
    }
}
