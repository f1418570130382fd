import { posix } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { Sequence } from "./sequence";

export interface MachineImageArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    /** Folder on this machine with disk.qcow2, vmlinuz and initrd.img; relative to the folder of Pulumi.yaml. */
    directory: string;
    sequence: Sequence;
}

/** The golden image in a storage pool: the base of every machine's disk, the kernel and the initrd. */
export class MachineImage extends pulumi.ComponentResource {
    readonly pool: pulumi.Output<string>;
    /** Folder of the pool's volumes on the hypervisor. */
    readonly poolPath: string;
    readonly diskId: pulumi.Output<string>;
    /** A volume's id is its path on the hypervisor. */
    readonly kernelId: pulumi.Output<string>;
    readonly initrdId: pulumi.Output<string>;

    constructor(
        name: string,
        { labName, directory, sequence }: MachineImageArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("certificate-lab:index:MachineImage", name, {}, opts);
        this.poolPath = `/var/lib/libvirt/images/${labName}`;
        const options = { parent: this, deleteBeforeReplace: true };
        const pool = new libvirt.Pool(
            `${name}-pool`,
            { name: labName, type: "dir", target: { path: this.poolPath } },
            options,
        );
        const volume = (part: string, file: string, format: string) =>
            sequence.next(
                (dependsOn) =>
                    new libvirt.Volume(
                        `${name}-${part}`,
                        { name: file, pool: pool.name, source: sourceOf(posix.join(directory, file)), format },
                        { ...options, dependsOn },
                    ),
            ).id;
        this.pool = pool.name;
        this.diskId = volume("disk", "disk.qcow2", "qcow2");
        this.kernelId = volume("kernel", "vmlinuz", "raw");
        this.initrdId = volume("initrd", "initrd.img", "raw");
        this.registerOutputs({ pool: this.pool });
    }
}

/**
 * A path as the provider's `source`, which it parses as a URL. A relative path stays relative: Pulumi starts its plugins
 * in the folder of Pulumi.yaml.
 */
export function sourceOf(path: string): string {
    return path.split("/").map(encodeURIComponent).join("/");
}
