import * as pulumi from "@pulumi/pulumi";
import { contestant } from "../config/contestant";
import type { Machine } from "../hypervisor/machine";
import { RemoteFile } from "../hypervisor/remote-file";

export interface ContestantHostArgs {
    machine: Machine;
    /** PEM; host trusts it. */
    rootCertificate: pulumi.Input<string>;
    /** The contestant's ~/.kube/config. */
    kubeconfig: pulumi.Input<string>;
    /** The files of ~/manifests: name to content. */
    manifests: Record<string, pulumi.Input<string>>;
}

/** The contestant's files on host: the lab's root certificate, the kubeconfig and the applied manifests. */
export class ContestantHost extends pulumi.ComponentResource {
    /** Done when all files are in place. */
    readonly installed: pulumi.Resource[];

    constructor(name: string, args: ContestantHostArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:ContestantHost", name, {}, opts);
        const { machine, rootCertificate, kubeconfig, manifests } = args;
        const home = `/home/${contestant.name}`;
        const options = { parent: this };

        const files = [
            new RemoteFile(
                `${name}-root-certificate`,
                {
                    machine,
                    path: "/usr/local/share/ca-certificates/ictsc-root-ca.crt",
                    content: rootCertificate,
                    afterInstall: "update-ca-certificates",
                    afterDelete: "update-ca-certificates --fresh",
                },
                options,
            ),
            new RemoteFile(
                `${name}-kubeconfig`,
                {
                    machine,
                    path: `${home}/.kube/config`,
                    content: kubeconfig,
                    mode: "0600",
                    owner: contestant.name,
                },
                options,
            ),
            ...Object.entries(manifests).map(
                ([file, content]) =>
                    new RemoteFile(
                        `${name}-${file}`,
                        { machine, path: `${home}/manifests/${file}`, content, owner: contestant.name },
                        options,
                    ),
            ),
        ];
        this.installed = files.map((file) => file.installed);
        this.registerOutputs();
    }
}
