import * as command from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { Sequence } from "./sequence";

export interface ConfigurationDiskArgs {
    /** Prefix of every libvirt object's name. */
    labName: string;
    /** Storage pool of the disk. */
    pool: pulumi.Input<string>;
    sequence: Sequence;
    /** Name of the configuration. It contains the archive's digest, so that a changed archive makes a new disk. */
    instance: pulumi.Input<string>;
    /** The disk's content in base64, see configuration-archive.ts. */
    archive: pulumi.Input<string>;
}

/** Writes standard input, base64, to $FILE. Only the owner may read it: it contains the machine's SSH host key. */
export const writeFile = 'umask 077 && mkdir -p "$(dirname "$FILE")" && base64 --decode >"$FILE"';

/** The disk that the first boot of a machine unpacks: a file on this machine and a volume of the hypervisor. */
export class ConfigurationDisk extends pulumi.ComponentResource {
    readonly volumeId: pulumi.Output<string>;

    constructor(name: string, args: ConfigurationDiskArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:ConfigurationDisk", name, {}, opts);
        const { instance, pool, sequence, archive } = args;
        const fileName = pulumi.interpolate`${instance}.tar`;
        // Relative to the folder of Pulumi.yaml, in which Pulumi starts its plugins.
        const file = pulumi.interpolate`.lab/configuration/${args.labName}/${fileName}`;
        const written = new command.local.Command(
            `${name}-file`,
            {
                create: writeFile,
                delete: 'rm -f "$FILE"',
                environment: { FILE: file },
                stdin: archive,
                triggers: [instance],
                logging: "none",
            },
            { parent: this },
        );
        this.volumeId = sequence.next(
            (dependsOn) =>
                new libvirt.Volume(
                    name,
                    { name: fileName, pool, source: file, format: "raw" },
                    { parent: this, deleteBeforeReplace: true, dependsOn: [...dependsOn, written] },
                ),
        ).id;
        this.registerOutputs({ volumeId: this.volumeId });
    }
}
