import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { type AddressPlan, type MachineName, machineNames } from "../config/address-plan";
import { fillPlaceholders, readConfigFile } from "../config/config-files";
import { contestant, contestantMachines } from "../config/contestant";
import { allOf } from "../config/dependencies";
import { type Accelerator, machineFiles } from "../config/machine-files";
import { metaData, networkConfig, userData } from "./cloud-init";
import { CloudInitDisk } from "./cloud-init-disk";
import { firstBootCommands } from "./first-boot-commands";
import { machineInterfaces } from "./interfaces";
import { kernelArguments } from "./kernel-arguments";
import { knownHostLine } from "./key-pair";
import type { MachineImage } from "./machine-image";
import { machineSizes } from "./machine-sizes";
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

    constructor(name: string, { machine, lab }: MachineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Machine", name, {}, opts);
        this.address = lab.plan.machines[machine];
        const options = { parent: this, deleteBeforeReplace: true };
        const hostKey = new SshKey(`${name}-host-key`, { parent: this });
        const interfaces = machineInterfaces(machine, lab.plan);

        const identity = pulumi
            .all([lab.provisionerKey.publicKey, hostKey.privateKey, hostKey.publicKey])
            .apply(([authorizedKey, privateKey, publicKey]) =>
                userData({
                    hostname: machine,
                    authorizedKey,
                    hostKey: { privateKey, publicKey },
                    login: contestantMachines.includes(machine) ? contestant : undefined,
                    files: machineFiles(machine, lab.plan, lab.accelerator),
                    commands: firstBootCommands[machine],
                }),
            );
        // A machine is configured once, at its first boot: another configuration is another machine with a new disk.
        const instance = pulumi
            .unsecret(identity)
            .apply((text) => `${machine}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`);
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
        const cloudInit = new CloudInitDisk(
            `${name}-cloud-init`,
            {
                labName: lab.name,
                pool: lab.image.pool,
                sequence: lab.sequence,
                instance,
                userData: identity,
                metaData: instance.apply((id) => metaData(id, machine)),
                networkConfig: networkConfig(interfaces),
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
                        disks: [{ volumeId: disk.id }, { volumeId: cloudInit.volumeId }],
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
                    { ...options, dependsOn, replaceOnChanges: ["disks", "xml"] },
                ),
        );
        this.connection = {
            host: this.address,
            user: "root",
            privateKey: lab.provisionerKey.privateKey,
            hostKey: hostKey.publicKey,
            // The SSH server of an emulated machine needs minutes until it responds.
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
     * and the machine is not. Another machine under the same name gets the command again.
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

/** Creates the six machines. */
export function createMachines(lab: Lab, opts: pulumi.ComponentResourceOptions): Record<MachineName, Machine> {
    const machines = machineNames.map((machine) => [machine, new Machine(machine, { machine, lab }, opts)]);
    return Object.fromEntries(machines) as Record<MachineName, Machine>;
}
