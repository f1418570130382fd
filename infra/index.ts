import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { addressPlan, domain, machineNames } from "./config/address-plan";
import { allOf } from "./config/dependencies";
import { ResetOnDestroy } from "./config/reset-on-destroy";
import { parseSettings } from "./config/settings";
import { createMachines } from "./hypervisor/machine";
import { MachineImage } from "./hypervisor/machine-image";
import { Networks } from "./hypervisor/networks";
import { Sequence } from "./hypervisor/sequence";
import { SshKey } from "./hypervisor/ssh-key";
import { assertOwnLab } from "./preflight/own-lab";
import { preflight } from "./preflight/preflight";
import { AcmeServer } from "./roles/acme-server";
import { ContestantHost } from "./roles/contestant-host";
import { HairpinNat } from "./roles/hairpin-nat";
import { KubernetesCluster } from "./roles/kubernetes-cluster";
import { WorkerNodes } from "./roles/worker-nodes";
import { Definitions } from "./workloads/definitions";
import { manifestTexts } from "./workloads/manifest-texts";
import { Workloads } from "./workloads/workloads";

/** Builds the lab; returns the stack's outputs. */
async function program(): Promise<Record<string, unknown>> {
    const settings = parseSettings(pulumi.runtime.allConfig());
    const plan = addressPlan(settings.network);
    const { accelerator } = await preflight(settings, settings.name);
    new ResetOnDestroy("reset-on-destroy");

    const provisionerKey = new SshKey("provisioner-key");
    await assertOwnLab(settings, provisionerKey.fingerprint);

    const onHypervisor = { providers: [new libvirt.Provider("hypervisor", { uri: settings.libvirtUri })] };
    const networks = new Networks("networks", { labName: settings.name, plan, provisionerKey }, onHypervisor);

    const sequence = new Sequence();
    const image = new MachineImage(
        "image",
        { labName: settings.name, directory: settings.image, sequence },
        onHypervisor,
    );
    const machines = createMachines(
        { name: settings.name, plan, accelerator, networks, image, sequence, provisionerKey },
        onHypervisor,
    );
    const { lb, host, "acme-server": acmeServer, "k8s-master": master, ...workers } = machines;

    const { rootCertificate } = new AcmeServer("acme", { machine: acmeServer });
    const cluster = new KubernetesCluster("cluster", { master, gateway: lb });
    const contestantHost = new ContestantHost("contestant", {
        machine: host,
        rootCertificate,
        kubeconfig: cluster.kubeconfig,
        manifests: manifestTexts(rootCertificate),
    });

    const definitions = new Definitions("definitions", { cluster });
    const nodes = new WorkerNodes("workers", { cluster, machines: workers }, { dependsOn: definitions.accepted });
    const workloads = new Workloads("workloads", { cluster, rootCertificate }, { dependsOn: nodes.ready });

    if (settings.fixed) {
        const dependsOn = allOf(workloads.started, contestantHost.installed);
        new HairpinNat("hairpin-nat", { lb, host, plan }, { dependsOn });
    }

    return {
        name: settings.name,
        state: settings.fixed ? "solved" : "broken",
        machines: plan.machines,
        vip: plan.vip,
        network: plan.network,
        domain,
        provisionerKey: provisionerKey.privateKey,
        knownHosts: pulumi.interpolate`${pulumi
            .all(machineNames.map((name) => machines[name].knownHost))
            .apply((lines) => lines.join("\n"))}\n`,
        kubeconfig: cluster.kubeconfig,
    };
}

export = program;
