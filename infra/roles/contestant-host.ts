import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Lab, Machine } from "../hypervisor/machine";
import { contestant } from "./contestant";

export interface ContestantHostArgs {
    lab: Lab;
    /** Installed in the system's trust store, PEM. */
    rootCertificate: pulumi.Input<string>;
    /** Written to the contestant's ~/.kube/config. */
    kubeconfig: pulumi.Input<string>;
    /** File name to content of what lies in ~/manifests. */
    manifests: Record<string, pulumi.Input<string>>;
}

/** host: where contestants work, with kubectl, the applied manifests and the lab's root certificate. */
export class ContestantHost extends pulumi.ComponentResource {
    readonly machine: Machine;
    /** Done when everything lies in its place. */
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: ContestantHostArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:ContestantHost", name, {}, opts);
        this.machine = new Machine(
            "host",
            { lab: args.lab, login: contestant, configFolders: ["machines/host"] },
            { parent: this },
        );
        const { connection, domain } = this.machine;
        const options = { parent: this, dependsOn: [this.machine.ready], deletedWith: domain };
        const home = `/home/${contestant.name}`;

        const trust = new command.remote.Command(
            "trusted-root",
            {
                connection,
                create: "install -m 0644 /dev/stdin /usr/local/share/ca-certificates/ictsc-root-ca.crt && update-ca-certificates",
                delete: "rm -f /usr/local/share/ca-certificates/ictsc-root-ca.crt && update-ca-certificates --fresh",
                stdin: args.rootCertificate,
                triggers: [domain.id],
                logging: "stderr",
            },
            options,
        );
        const kubeconfig = new command.remote.Command(
            "host-kubeconfig",
            {
                connection,
                create:
                    `install -d -m 0700 -o ${contestant.name} -g ${contestant.name} ${home}/.kube && ` +
                    `install -m 0600 -o ${contestant.name} -g ${contestant.name} /dev/stdin ${home}/.kube/config`,
                delete: `rm -f ${home}/.kube/config`,
                stdin: args.kubeconfig,
                triggers: [domain.id],
                logging: "none",
            },
            options,
        );
        const manifests = Object.entries(args.manifests).map(
            ([file, content]) =>
                new command.remote.Command(
                    `host-manifest-${file}`,
                    {
                        connection,
                        create:
                            `install -d -m 0755 -o ${contestant.name} -g ${contestant.name} ${home}/manifests && ` +
                            `install -m 0644 -o ${contestant.name} -g ${contestant.name} /dev/stdin ${home}/manifests/${file}`,
                        delete: `rm -f ${home}/manifests/${file}`,
                        stdin: content,
                        triggers: [domain.id],
                        logging: "none",
                    },
                    options,
                ),
        );
        this.ready = [trust, kubeconfig, ...manifests];
        this.registerOutputs({ address: this.machine.address });
    }
}
