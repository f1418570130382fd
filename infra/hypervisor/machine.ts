import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan, MachineName } from "../config/address-plan";
import { type ConfigFile, configFiles, fillPlaceholders, readConfigFile } from "../config/config-files";
import { type Login, metaData, networkConfig, userData } from "./cloud-init";
import { CloudInitDisk } from "./cloud-init-disk";
import { machineInterfaces } from "./interfaces";
import { kernelArguments } from "./kernel-arguments";
import { knownHostLine } from "./key-pair";
import type { MachineImage } from "./machine-image";
import { machineSizes } from "./machine-sizes";
import type { Networks } from "./networks";
import type { HypervisorQueue } from "./queue";
import { SshKey } from "./ssh-key";

/** What all machines of a lab share. */
export interface Lab {
    /** Prefix of every libvirt object's name. */
    name: string;
    plan: AddressPlan;
    accelerator: "kvm" | "tcg";
    networks: Networks;
    image: MachineImage;
    queue: HypervisorQueue;
    /** Opens root's account on every machine. */
    provisionerKey: SshKey;
}

export interface MachineArgs {
    lab: Lab;
    /** Who may log in with a password; nobody when left out. */
    login?: Login;
    /** Folders that mirror the machine's root directory, relative to the repository's root; later ones win. */
    configFolders?: string[];
    /** Further files, whose content is made by the program. */
    files?: ConfigFile[];
    /** Commands run once at the first boot. A reload of systemd costs an emulated machine seconds: as few as possible. */
    commands?: string[][];
}

/**
 * One virtual machine: its disk over the golden image, its cloud-init identity, the domain, and the moment at which
 * it is ready. Destroying the domain undoes whatever was done inside.
 */
export class Machine extends pulumi.ComponentResource {
    readonly address: string;
    /** The domain; `deletedWith` it goes whatever lives inside the machine. */
    readonly domain: libvirt.Domain;
    /** SSH as root with the provisioner's key, the host key pinned; usable once {@link ready} is. */
    readonly connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
    /** Done when the first boot is: cloud-init has finished without an error. */
    readonly ready: command.remote.Command;
    /** The machine's line of an OpenSSH known_hosts file. */
    readonly knownHost: pulumi.Output<string>;

    constructor(name: MachineName, args: MachineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:Machine", name, {}, opts);
        const { lab } = args;
        this.address = lab.plan.machines[name];
        const options = { parent: this, deleteBeforeReplace: true };
        const hostKey = new SshKey(`${name}-host-key`, { parent: this });
        const interfaces = machineInterfaces(name, lab.plan);
        const files = ["machines/common", ...(args.configFolders ?? [])]
            .flatMap((folder) => configFiles(folder, lab.plan))
            .concat(args.files ?? []);

        const identity = pulumi
            .all([lab.provisionerKey.publicKey, hostKey.privateKey, hostKey.publicKey])
            .apply(([authorizedKey, privateKey, publicKey]) =>
                userData({
                    hostname: name,
                    authorizedKey,
                    hostKey: { privateKey, publicKey },
                    login: args.login,
                    files,
                    commands: args.commands ?? [],
                }),
            );
        // cloud-init configures a machine once, so another configuration takes another machine, with a new disk.
        const instance = pulumi
            .unsecret(identity)
            .apply((text) => `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`);
        const disk = lab.queue.upload(
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
                queue: lab.queue,
                instance,
                userData: identity,
                metaData: instance.apply((id) => metaData(id, name)),
                networkConfig: networkConfig(interfaces),
            },
            { parent: this },
        );
        const { memory, cpus, translationCache } = machineSizes[name];
        this.domain = lab.queue.start(
            (dependsOn) =>
                new libvirt.Domain(
                    `${name}-domain`,
                    {
                        name: `${lab.name}-${name}`,
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
            // An emulated machine needs minutes until its SSH server answers.
            dialErrorLimit: 100,
            perDialTimeout: 20,
        };
        this.knownHost = hostKey.publicKey.apply((key) => knownHostLine(this.address, key));
        this.ready = new command.remote.Command(
            `${name}-ready`,
            {
                connection: this.connection,
                create: "await-first-boot",
                triggers: [this.domain.id],
                logging: "stderr",
            },
            { parent: this, dependsOn: [this.domain], deletedWith: this.domain },
        );
        this.registerOutputs({ address: this.address });
    }
}
