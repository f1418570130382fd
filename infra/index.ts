import * as k8s from "@pulumi/kubernetes";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { addressPlan, domain, type MachineName } from "./config/address-plan";
import { ResetOnDestroy } from "./config/reset-on-destroy";
import { parseSettings } from "./config/settings";
import type { Lab, Machine } from "./hypervisor/machine";
import { MachineImage } from "./hypervisor/machine-image";
import { Networks } from "./hypervisor/networks";
import { HypervisorQueue } from "./hypervisor/queue";
import { SshKey } from "./hypervisor/ssh-key";
import { preflight } from "./preflight/preflight";
import { AcmeServer } from "./roles/acme-server";
import { contestant } from "./roles/contestant";
import { ContestantHost } from "./roles/contestant-host";
import { HairpinNat } from "./roles/hairpin-nat";
import { KubernetesCluster } from "./roles/kubernetes-cluster";
import { LoadBalancer } from "./roles/load-balancer";
import { JoinedWorkers } from "./roles/worker-nodes";
import { Manifests, manifestTexts } from "./workloads/workloads";

/** Builds the lab; what it returns are the stack's outputs. */
async function program(): Promise<Record<string, unknown>> {
    const settings = parseSettings(pulumi.runtime.allConfig());
    const { name: labName } = settings;
    const { accelerator } = await preflight(settings, labName);
    const plan = addressPlan(settings.network);

    new ResetOnDestroy("reset-on-destroy");
    const hypervisor = new libvirt.Provider("hypervisor", { uri: settings.libvirtUri });
    const onHypervisor = { providers: { libvirt: hypervisor } };
    const queue = new HypervisorQueue();
    const lab: Lab = {
        name: labName,
        plan,
        accelerator,
        networks: new Networks("networks", { labName, plan }, onHypervisor),
        image: new MachineImage("image", { labName, directory: settings.image, queue }, onHypervisor),
        queue,
        provisionerKey: new SshKey("provisioner-key"),
    };

    const acmeServer = new AcmeServer("acme", { lab }, onHypervisor);
    const loadBalancer = new LoadBalancer("load-balancer", { lab }, onHypervisor);
    const cluster = new KubernetesCluster("cluster", { lab, gateway: loadBalancer.machine }, onHypervisor);
    const master = cluster.nodes["k8s-master"];
    const { rootCertificate } = acmeServer;
    const host = new ContestantHost(
        "contestant-host",
        { lab, rootCertificate, kubeconfig: cluster.kubeconfig, manifests: manifestTexts(rootCertificate) },
        onHypervisor,
    );
    queue.close();
    const kubernetes = new k8s.Provider(
        "kubernetes",
        // Server-side apply, the default, adopts objects that an interrupted update created but did not record. Without
        // deleteUnreachable, a refresh fails while the cluster is unreachable and keeps the state.
        // Seconds for a request: an emulated API server computes its OpenAPI description anew after each definition, for longer
        // than client-go's default of 32.
        { kubeconfig: cluster.kubeconfig, kubeClientSettings: { timeout: 600 } },
        { deletedWith: master.domain },
    );
    const manifests = new Manifests(
        "manifests",
        {
            provider: kubernetes,
            rootCertificate,
            join: (after) => new JoinedWorkers("workers", { cluster, after }).ready,
        },
        { deletedWith: master.domain },
    );
    if (settings.fixed) {
        new HairpinNat(
            "hairpin-nat",
            { lb: loadBalancer.machine, host: host.machine, plan },
            { dependsOn: [manifests, ...host.ready] },
        );
    }

    const machines: Record<MachineName, Machine> = {
        lb: loadBalancer.machine,
        host: host.machine,
        "acme-server": acmeServer.machine,
        ...cluster.nodes,
    };
    const hostAddress = plan.machines.host;
    return {
        name: labName,
        state: settings.fixed ? "solved" : "broken",
        machines: plan.machines,
        vip: plan.vip,
        network: plan.network,
        domain,
        login: `ssh ${contestant.name}@${hostAddress} or ${contestant.name}@${plan.machines.lb}, password ${contestant.password}`,
        next: settings.fixed
            ? `On host, curl -L www.${domain} shows nginx's page. Break it again: pulumi up -c fixed=false`
            : `On host, try: curl -L www.${domain}; kubectl get cert; kubectl describe challenges. Solve it: pulumi up -c fixed=true`,
        provisionerKey: lab.provisionerKey.privateKey,
        knownHosts: pulumi
            .all(Object.values(machines).map((machine) => machine.knownHost))
            .apply((l) => `${l.join("\n")}\n`),
        kubeconfig: cluster.kubeconfig,
    };
}

export = program;
