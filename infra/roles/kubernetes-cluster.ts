import type * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "../hypervisor/machine";

/**
 * Seconds for a request to the API server. An emulated one computes its OpenAPI description again after each definition, for
 * longer than the 32 s that client-go waits by default (discovery_client.go, defaultTimeout).
 */
const requestTimeout = 600;

export interface KubernetesClusterArgs {
    /** The machine of the control plane. */
    master: Machine;
    /** The default route of all nodes. */
    gateway: Machine;
}

/** A Kubernetes cluster with one node, the control plane that kubeadm creates. {@link WorkerNodes} adds the others. */
export class KubernetesCluster extends pulumi.ComponentResource {
    readonly master: Machine;
    /** kubeadm's admin.conf: all rights in the cluster, a secret. */
    readonly kubeconfig: pulumi.Output<string>;
    readonly provider: k8s.Provider;
    private readonly controlPlane: command.remote.Command;

    constructor(name: string, { master, gateway }: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:KubernetesCluster", name, {}, opts);
        this.master = master;
        this.controlPlane = master.command(
            `${name}-control-plane`,
            {
                create: "create-cluster",
                delete: "rm -f /etc/kubernetes/cluster-created && kubeadm reset --force",
                deadline: 3600,
            },
            { parent: this, dependsOn: gateway.ready },
        );
        const adminConfig = this.runSecretCommand(`${name}-kubeconfig`, "cat /etc/kubernetes/admin.conf", this);
        this.kubeconfig = pulumi.secret(adminConfig.stdout);
        this.provider = new k8s.Provider(
            `${name}-provider`,
            // Server-side apply, the default, adopts objects that an interrupted update created but did not record. Without
            // deleteUnreachable, a refresh fails while the cluster is unreachable and keeps the state.
            { kubeconfig: this.kubeconfig, kubeClientSettings: { timeout: requestTimeout } },
            { parent: this, deletedWith: master.domain },
        );
        this.registerOutputs({ kubeconfig: this.kubeconfig });
    }

    /** Runs a command on the control plane whose output is a secret, again when the control plane is replaced. */
    runSecretCommand(name: string, create: string, parent: pulumi.Resource): command.remote.Command {
        return this.master.command(
            name,
            { create, triggers: [this.controlPlane.id], logging: "none" },
            { parent, dependsOn: this.controlPlane, additionalSecretOutputs: ["stdout"] },
        );
    }
}
