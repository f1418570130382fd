import { machineNames } from "../../infra/config/address-plan";

/** A long step of a build, which the progress names. */
export interface Milestone {
    /** Type and name of the resource that completes it: the end of its URN. */
    resource: string;
    /** A noun for its result: "control plane". */
    title: string;
}

const remoteCommand = "command:remote:Command";
const daemonSet = "kubernetes:apps/v1:DaemonSet";
const deployment = "kubernetes:apps/v1:Deployment";

/** The milestones of the broken lab, in the order in which they usually end. */
export const milestones: readonly Milestone[] = [
    { resource: "libvirt:index/network:Network::networks-cluster", title: "networks" },
    { resource: "libvirt:index/volume:Volume::image-disk", title: "machine image" },
    ...machineNames.map((name) => ({ resource: `${remoteCommand}::${name}-ready`, title: `first boot of ${name}` })),
    { resource: `${remoteCommand}::cluster-control-plane`, title: "control plane" },
    {
        resource:
            "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition::definitions-cert-manager-7-issuers.cert-manager.io",
        title: "cert-manager's definitions",
    },
    { resource: `${remoteCommand}::workers-ready`, title: "three Ready nodes" },
    {
        resource: `${daemonSet}::workloads-ingress-controller-3-ingress-controller/ingress-controller`,
        title: "ingress controllers",
    },
    { resource: `${deployment}::workloads-cert-manager-9-cert-manager/cert-manager`, title: "cert-manager" },
    { resource: `${remoteCommand}::workloads-webhook`, title: "cert-manager's webhook" },
    {
        resource: "kubernetes:cert-manager.io/v1:ClusterIssuer::workloads-root-ca-1-ictsc-acme",
        title: "ClusterIssuer",
    },
    { resource: `${deployment}::workloads-web-2-default/web`, title: "site" },
];
