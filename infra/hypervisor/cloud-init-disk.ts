import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { localScript } from "../config/local-script";
import type { Sequence } from "./sequence";

export interface CloudInitDiskArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    /** Storage pool that the disk goes to. */
    pool: pulumi.Input<string>;
    sequence: Sequence;
    /** The configuration's own name: another one is another disk. */
    instance: pulumi.Input<string>;
    userData: pulumi.Input<string>;
    metaData: pulumi.Input<string>;
    networkConfig: pulumi.Input<string>;
}

/**
 * The disk from which cloud-init configures a machine, written here and uploaded.
 *
 * The provider's own CloudinitDisk is downloaded again whenever it is read. libvirtd can send the first data ahead of the
 * call's answer, which go-libvirt takes for the answer: the provider then hangs for good, or finds the disk empty.
 * https://github.com/dmacvicar/terraform-provider-libvirt/issues/594
 */
export class CloudInitDisk extends pulumi.ComponentResource {
    readonly volumeId: pulumi.Output<string>;

    constructor(name: string, args: CloudInitDiskArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:CloudInitDisk", name, {}, opts);
        const { instance, pool, sequence, userData, metaData, networkConfig } = args;
        const fileName = pulumi.interpolate`${instance}.iso`;
        // Relative to the folder of Pulumi.yaml, in which Pulumi starts its plugins.
        const file = pulumi.interpolate`.lab/cloud-init/${args.labName}/${fileName}`;
        const written = new command.local.Command(
            `${name}-file`,
            {
                ...localScript("infra/hypervisor/write-cloud-init-disk.sh"),
                delete: 'rm -f "$FILE"',
                environment: { FILE: file },
                stdin: pulumi.jsonStringify({
                    "user-data": userData,
                    "meta-data": metaData,
                    "network-config": networkConfig,
                }),
                triggers: [instance],
                logging: "none",
            },
            { parent: this },
        );
        this.volumeId = sequence.next(
            (dependsOn) =>
                new libvirt.Volume(
                    name,
                    // Without a format: libvirt tells an ISO 9660 file system from raw data, which the provider would replace.
                    { name: fileName, pool, source: file },
                    {
                        parent: this,
                        deleteBeforeReplace: true,
                        dependsOn: pulumi.output(dependsOn).apply((uploads) => [...uploads, written]),
                    },
                ),
        ).id;
        this.registerOutputs({ volumeId: this.volumeId });
    }
}
