import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { nodeNames, workerNames } from "../config/address-plan";
import type { KubernetesCluster } from "./kubernetes-cluster";

export interface JoinedWorkersArgs {
    cluster: KubernetesCluster;
    /** What an API server is to have done before new nodes make it busy. */
    after: pulumi.Input<pulumi.Resource[]>;
}

/** The workers' membership in the cluster. */
export class JoinedWorkers extends pulumi.ComponentResource {
    /** Done when all three nodes are Ready. */
    readonly ready: command.remote.Command;

    constructor(name: string, { cluster, after }: JoinedWorkersArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:JoinedWorkers", name, {}, opts);
        const master = cluster.nodes["k8s-master"];
        const joinCommand = cluster.secretOf("join-command", "kubeadm token create --print-join-command", this);
        const joined = workerNames.map((node) => {
            const worker = cluster.nodes[node];
            return new command.remote.Command(
                `${node}-joined`,
                {
                    connection: worker.connection,
                    create: "join-cluster",
                    delete: "rm -f /etc/kubernetes/cluster-joined && kubeadm reset --force",
                    stdin: joinCommand.stdout,
                    triggers: [worker.domain.id, joinCommand.id],
                },
                {
                    parent: this,
                    dependsOn: pulumi.output(after).apply((resources) => [worker.ready, ...resources]),
                    deletedWith: worker.domain,
                    // A join token lives a day; a cluster that is up needs no new one.
                    ignoreChanges: ["stdin"],
                },
            );
        });
        this.ready = new command.remote.Command(
            "nodes-ready",
            {
                connection: master.connection,
                create: `await-nodes ${nodeNames.join(" ")}`,
                triggers: joined.map((join) => join.id),
            },
            { parent: this, deletedWith: master.domain, dependsOn: joined },
        );
        this.registerOutputs();
    }
}
