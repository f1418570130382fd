import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { nodeNames, type WorkerName } from "../config/address-plan";
import type { Machine } from "../hypervisor/machine";
import type { KubernetesCluster } from "./kubernetes-cluster";

export interface WorkerNodesArgs {
    cluster: KubernetesCluster;
    machines: Record<WorkerName, Machine>;
}

/** The membership of the workers in the cluster. */
export class WorkerNodes extends pulumi.ComponentResource {
    /** Done when all three nodes are Ready. */
    readonly ready: command.remote.Command;

    constructor(name: string, { cluster, machines }: WorkerNodesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:WorkerNodes", name, {}, opts);
        const joinCommand = cluster.runSecretCommand(
            `${name}-join-command`,
            "kubeadm token create --print-join-command",
            this,
        );
        const joined = Object.entries(machines).map(([worker, machine]) =>
            machine.command(
                `${name}-${worker}-joined`,
                {
                    create: "join-cluster",
                    delete: "rm -f /etc/kubernetes/cluster-joined && kubeadm reset --force",
                    stdin: joinCommand.stdout,
                    triggers: [joinCommand.id],
                    deadline: 3600,
                },
                {
                    parent: this,
                    dependsOn: opts?.dependsOn,
                    // A join token is valid for a day; a node that has joined needs no new one.
                    ignoreChanges: ["stdin"],
                },
            ),
        );
        this.ready = cluster.master.command(
            `${name}-ready`,
            { create: `await-nodes ${nodeNames.join(" ")}`, triggers: joined.map((join) => join.id), deadline: 1500 },
            { parent: this, dependsOn: joined },
        );
        this.registerOutputs();
    }
}
