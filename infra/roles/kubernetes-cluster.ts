import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type NodeName, nodeNames } from "../config/address-plan";
import { type ConfigFile, configFiles, fillPlaceholders } from "../config/config-files";
import { type Lab, Machine } from "../hypervisor/machine";

export interface KubernetesClusterArgs {
    lab: Lab;
    /** What the nodes are reached through: they have no other way out than lb. */
    gateway: Machine;
}

/** Three nodes, and the control plane that kubeadm makes on one of them; {@link JoinedWorkers} brings in the others. */
export class KubernetesCluster extends pulumi.ComponentResource {
    /** kubeadm's admin.conf: all rights in the cluster, a secret. */
    readonly kubeconfig: pulumi.Output<string>;
    readonly nodes: Record<NodeName, Machine>;
    /** Done when the control plane answers and its own node is Ready. */
    readonly controlPlane: command.remote.Command;

    constructor(name: string, { lab, gateway }: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:KubernetesCluster", name, {}, opts);
        const nodes = nodeNames.map((node) => [
            node,
            new Machine(
                node,
                {
                    lab,
                    files: nodeFiles(node, lab),
                    configFolders: [node === "k8s-master" ? "machines/k8s-master" : "machines/k8s-worker"],
                    commands: [
                        ["systemctl", "restart", "systemd-modules-load", "systemd-sysctl"],
                        // Together, because each enabling makes systemd read all its units again.
                        ["systemctl", "enable", "containerd", "kubelet"],
                        ["systemctl", "start", "containerd"],
                    ],
                },
                { parent: this },
            ),
        ]);
        this.nodes = Object.fromEntries(nodes) as Record<NodeName, Machine>;
        const master = this.nodes["k8s-master"];
        this.controlPlane = new command.remote.Command(
            "control-plane",
            {
                connection: master.connection,
                create: "create-cluster",
                delete: "rm -f /etc/kubernetes/cluster-created && kubeadm reset --force",
                triggers: [master.domain.id],
            },
            { parent: this, deletedWith: master.domain, dependsOn: [master.ready, gateway.ready] },
        );
        const adminConfig = this.secretOf("kubeconfig", "cat /etc/kubernetes/admin.conf", this);
        this.kubeconfig = pulumi.secret(adminConfig.stdout);
        this.registerOutputs({ kubeconfig: this.kubeconfig });
    }

    /** Runs a command on the control plane whose standard output is a secret; it is asked anew of another control plane. */
    secretOf(name: string, create: string, parent: pulumi.Resource): command.remote.Command {
        const { connection, domain } = this.nodes["k8s-master"];
        return new command.remote.Command(
            name,
            { connection, create, triggers: [this.controlPlane.id], logging: "none" },
            { parent, deletedWith: domain, dependsOn: [this.controlPlane], additionalSecretOutputs: ["stdout"] },
        );
    }
}

/** A node's own files: the pod network is its own /24. */
function nodeFiles(node: NodeName, lab: Lab): ConfigFile[] {
    return configFiles("machines/k8s-node", lab.plan).map((file) => ({
        ...file,
        content: file.path.endsWith(".conflist")
            ? fillPlaceholders(file.content, { podCidr: lab.plan.podCidrs[node] })
            : file.content,
    }));
}
