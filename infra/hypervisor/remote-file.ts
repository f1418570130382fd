import { posix } from "node:path";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./machine";

export interface RemoteFileArgs {
    machine: Machine;
    /** Absolute path on the machine, without characters that a shell interprets. */
    path: string;
    /** With a line end after its last line, unless it is written as it is. */
    content: pulumi.Input<string>;
    /** Octal; default 0644. */
    mode?: string;
    /** User and group of the file, and of its folder when that is missing; default root. */
    owner?: string;
    /** Shell command after the file was installed. */
    afterInstall?: string;
    /** Shell command after the file was deleted. */
    afterDelete?: string;
}

/** A file inside a machine; deleted with the resource. */
export class RemoteFile extends pulumi.ComponentResource {
    /** Done when the file is in place and `afterInstall` has succeeded. */
    readonly installed: command.remote.Command;

    constructor(name: string, args: RemoteFileArgs, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:RemoteFile", name, {}, opts);
        const { machine, path, content, mode = "0644", owner = "root", afterInstall, afterDelete } = args;
        const folder = posix.dirname(path);
        const ownership = `-o ${owner} -g ${owner}`;
        this.installed = machine.command(
            name,
            {
                create: script(
                    `{ [ -d ${folder} ] || install -d ${ownership} ${folder}; }`,
                    `install -m ${mode} ${ownership} /dev/stdin ${path}`,
                    afterInstall,
                ),
                delete: script(`rm -f ${path}`, afterDelete),
                stdin: content,
                // A changed path deletes the file at the old one.
                triggers: [path],
                logging: "stderr",
            },
            { parent: this, dependsOn: opts?.dependsOn },
        );
        this.registerOutputs();
    }
}

/** A shell script in which each command runs only if the previous ones succeeded. */
function script(...commands: (string | undefined)[]): string {
    return commands.filter((command) => command !== undefined).join(" && ");
}
