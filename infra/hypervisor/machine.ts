import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan, MachineName } from "../config/address-plan";
import { fillPlaceholders, readConfigFile } from "../config/config-files";
import { allOf } from "../config/dependencies";
import { type Accelerator, machineFiles } from "../config/machine-files";
import { configurationArchive } from "./configuration-archive";
import { ConfigurationDisk } from "./configuration-disk";
import { identityFiles } from "./identity";
import { machineInterfaces } from "./interfaces";
import { kernelArguments } from "./kernel-arguments";
import { knownHostLine } from "./key-pair";
import type { MachineImage } from "./machine-image";
import { machineSizes } from "./machine-sizes";
import { machineUnits } from "./machine-units";
import type { Networks } from "./networks";
import type { Sequence } from "./sequence";
import { SshKey } from "./ssh-key";

/** The common properties of a lab's machines. */
export interface Lab {
    /** Prefix of every libvirt object's name. */
    name: string;
    plan: AddressPlan;
    accelerator: Accelerator;
    networks: Networks;
    image: MachineImage;
    sequence: Sequence;
    /** Opens root's account on every machine. */
    provisionerKey: SshKey;
}

export interface MachineArgs {
    /** Determines address, size, files and first-boot commands. */
    machine: MachineName;
    lab: Lab;
    /** The domain starts when these exist. */
    startAfter?: pulumi.Resource[];
}

export interface MachineCommandArgs
    extends Pick<command.remote.CommandArgs, "create" | "delete" | "stdin" | "logging"> {
    /** Further values with which the command is replaced: its `delete` runs, then its `create`. */
    triggers?: pulumi.Input<unknown>[];
    /** Seconds until the command fails; default 600. */
    deadline?: number;
}

/**
 * A virtual machine: its disk over the golden image, its configuration disk and its domain. Deleting the domain undoes
 * everything inside the machine.
 */
export class Machine extends pulumi.ComponentResource {
    readonly address: string;
    /** The domain. Pass it as `deletedWith` to resources inside the machine. */
    readonly domain: libvirt.Domain;
    /** Done when the first boot has ended without an error. */
    readonly ready: command.remote.Command;
    /** The machine's line of an OpenSSH known_hosts file. */
    readonly knownHost: pulumi.Output<string>;
    /** SSH as root with the provisioner's key and a pinned host key. */
    private readonly connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;

    constructor(name: string, { machine, lab, startAfter = [] }: MachineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Machine", name, {}, opts);
        this.address = lab.plan.machines[machine];
        const options = { parent: this, deleteBeforeReplace: true };
        const hostKey = new SshKey(`${name}-host-key`, { parent: this });
        const interfaces = machineInterfaces(machine, lab.plan);

        const archive = pulumi
            .all([lab.provisionerKey.publicKey, hostKey.privateKey, hostKey.publicKey])
            .apply(([authorizedKey, privateKey, publicKey]) =>
                configurationArchive(
                    [
                        ...machineFiles(machine, lab.plan, lab.accelerator),
                        ...identityFiles({
                            hostname: machine,
                            authorizedKey,
                            hostKey: { privateKey, publicKey },
                            interfaces,
                        }),
                    ],
                    machineUnits(machine),
                ),
            );
        // A machine is configured once, at its first boot: a changed configuration replaces the machine and its disk.
        const instance = pulumi
            .unsecret(archive)
            .apply((content) => `${machine}-${createHash("sha256").update(content).digest("hex").slice(0, 8)}`);
        const disk = lab.sequence.next(
            (dependsOn) =>
                new libvirt.Volume(
                    `${name}-disk`,
                    {
                        name: pulumi.interpolate`${instance}.qcow2`,
                        pool: lab.image.pool,
                        baseVolumeId: lab.image.diskId,
                        format: "qcow2",
                    },
                    { ...options, dependsOn },
                ),
        );
        const configuration = new ConfigurationDisk(
            `${name}-configuration`,
            {
                labName: lab.name,
                pool: lab.image.pool,
                sequence: lab.sequence,
                instance,
                archive: archive.apply((content) => content.toString("base64")),
            },
            { parent: this },
        );
        const { memory, cpus, translationCache } = machineSizes[machine];
        this.domain = lab.sequence.next(
            (dependsOn) =>
                new libvirt.Domain(
                    `${name}-domain`,
                    {
                        name: `${lab.name}-${machine}`,
                        type: lab.accelerator === "kvm" ? "kvm" : "qemu",
                        machine: "pc",
                        memory,
                        vcpu: cpus,
                        cpu: { mode: lab.accelerator === "kvm" ? "host-passthrough" : "custom" },
                        kernel: lab.image.kernelId,
                        initrd: lab.image.initrdId,
                        cmdlines: kernelArguments(lab.accelerator),
                        disks: [{ volumeId: disk.id }, { volumeId: configuration.volumeId }],
                        networkInterfaces: interfaces.map((nic) => ({
                            networkId: nic.segment === "front" ? lab.networks.frontId : lab.networks.clusterId,
                            mac: nic.hardwareAddress,
                        })),
                        consoles: [{ type: "pty", targetType: "serial", targetPort: "0" }],
                        xml: {
                            xslt: fillPlaceholders(readConfigFile("infra/hypervisor/domain.xsl", lab.plan), {
                                poolPath: lab.image.poolPath,
                                translationCache: String(translationCache),
                            }),
                        },
                    },
                    {
                        ...options,
                        dependsOn: [...dependsOn, ...startAfter],
                        replaceOnChanges: ["disks", "xml"],
                    },
                ),
        );
        this.connection = {
            host: this.address,
            user: "root",
            privateKey: lab.provisionerKey.privateKey,
            hostKey: hostKey.publicKey,
            // The SSH server of an emulated machine can take minutes to respond.
            dialErrorLimit: 100,
            perDialTimeout: 20,
        };
        this.knownHost = hostKey.publicKey.apply((key) => knownHostLine(this.address, key));
        this.ready = this.run(
            `${name}-ready`,
            { create: "await-first-boot", logging: "stderr", deadline: 1800 },
            { dependsOn: this.domain },
        );
        this.registerOutputs({ address: this.address });
    }

    /**
     * A shell command inside the machine, as root, after the first boot: `create` now, `delete` when the resource is deleted
     * and the machine is not. The command runs again when the machine is replaced.
     *
     * @param opts by default the machine is the parent
     */
    command(name: string, args: MachineCommandArgs, opts: pulumi.CustomResourceOptions = {}): command.remote.Command {
        return this.run(name, args, { ...opts, dependsOn: allOf(this.ready, opts.dependsOn ?? []) });
    }

    private run(
        name: string,
        { triggers = [], deadline = 600, ...args }: MachineCommandArgs,
        opts: pulumi.CustomResourceOptions,
    ): command.remote.Command {
        const timeout = `${deadline}s`;
        return new command.remote.Command(
            name,
            { connection: this.connection, triggers: [this.domain.id, ...triggers], ...args },
            {
                parent: this,
                deletedWith: this.domain,
                customTimeouts: { create: timeout, update: timeout, delete: timeout },
                ...opts,
            },
        );
    }
}

/** The order of the boots. kubeadm creates the control plane, behind lb, while the other machines boot. */
const bootOrder: readonly MachineName[] = ["lb", "k8s-master", "acme-server", "k8s-worker1", "k8s-worker2", "host"];

/**
 * Creates the six machines.
 *
 * @param concurrentBoots number of machines that boot at the same time
 */
export function createMachines(
    lab: Lab,
    concurrentBoots: number,
    opts: pulumi.ComponentResourceOptions,
): Record<MachineName, Machine> {
    const machines = new Map<MachineName, Machine>();
    for (const [index, machine] of bootOrder.entries()) {
        const earlier = [...machines.values()].slice(0, Math.max(0, index + 1 - concurrentBoots));
        const startAfter = earlier.map(({ ready }) => ready);
        machines.set(machine, new Machine(machine, { machine, lab, startAfter }, opts));
    }
    return Object.fromEntries(machines) as Record<MachineName, Machine>;
}
