import { posix } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { HypervisorQueue } from "./queue";

export interface MachineImageArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    /** Folder on this machine with disk.qcow2, vmlinuz and initrd.img; relative to the folder of Pulumi.yaml. */
    directory: string;
    queue: HypervisorQueue;
}

/** The golden image in a storage pool of the lab's own: the base of every machine's disk, and what they boot. */
export class MachineImage extends pulumi.ComponentResource {
    readonly pool: pulumi.Output<string>;
    /** Folder of the pool's volumes on the hypervisor. */
    readonly poolPath: string;
    readonly diskId: pulumi.Output<string>;
    /** Volume that holds the kernel: libvirt is told its path on the hypervisor. */
    readonly kernelId: pulumi.Output<string>;
    readonly initrdId: pulumi.Output<string>;

    constructor(name: string, { labName, directory, queue }: MachineImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:MachineImage", name, {}, opts);
        this.poolPath = `/var/lib/libvirt/images/${labName}`;
        const options = { parent: this, deleteBeforeReplace: true };
        const pool = new libvirt.Pool("pool", { name: labName, type: "dir", target: { path: this.poolPath } }, options);
        const volume = (file: string, format: string) =>
            queue.upload(
                (dependsOn) =>
                    new libvirt.Volume(
                        file,
                        { name: file, pool: pool.name, source: sourceOf(posix.join(directory, file)), format },
                        { ...options, dependsOn },
                    ),
            );
        this.pool = pool.name;
        this.diskId = volume("disk.qcow2", "qcow2").id;
        this.kernelId = volume("vmlinuz", "raw").id;
        this.initrdId = volume("initrd.img", "raw").id;
        this.registerOutputs({ pool: this.pool });
    }
}

/**
 * A path as the provider's `source`, which it parses as a URL. A relative one stays relative: Pulumi starts its plugins
 * in the folder of Pulumi.yaml.
 */
export function sourceOf(path: string): string {
    return path.split("/").map(encodeURIComponent).join("/");
}
