import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { domain } from "../config/address-plan";
import { type Lab, Machine } from "../hypervisor/machine";

/** The machine that is the lab's name server and its ACME certificate authority. */
export class AcmeServer extends pulumi.ComponentResource {
    readonly machine: Machine;
    /** The authority's root certificate, PEM. Its key never leaves the machine. */
    readonly rootCertificate: pulumi.Output<string>;

    constructor(name: string, { lab }: { lab: Lab }, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:AcmeServer", name, {}, opts);
        this.machine = new Machine(
            "acme-server",
            {
                lab,
                configFolders: ["machines/acme-server"],
                commands: [
                    ["systemd-sysusers", "step-ca.conf"],
                    ["systemctl", "enable", "--now", "--no-reload", "named", "step-ca"],
                ],
            },
            { parent: this },
        );
        const readRoot = new command.remote.Command(
            "root-certificate",
            {
                connection: this.machine.connection,
                // Asks the authority by its own name and root first, so that what is handed on is known to work.
                create:
                    `curl --fail --silent --show-error --retry 60 --retry-delay 2 --retry-all-errors --output /dev/null ` +
                    `--cacert /var/lib/step-ca/root_ca.crt https://ca.${domain}/acme/acme/directory ` +
                    `&& cat /var/lib/step-ca/root_ca.crt`,
                triggers: [this.machine.domain.id],
                logging: "stderr",
            },
            { parent: this, dependsOn: [this.machine.ready], deletedWith: this.machine.domain },
        );
        this.rootCertificate = readRoot.stdout;
        this.registerOutputs({ rootCertificate: this.rootCertificate });
    }
}
