import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { unsetFixedCommand } from "./unset-fixed";

/**
 * Unsets the setting `fixed` when the stack is destroyed; does nothing before.
 *
 * `pulumi up -c fixed=true` writes the setting into the stack's configuration file. Without this resource, the first
 * `pulumi up` after a `pulumi destroy` would build the solved lab.
 */
export class ResetOnDestroy extends pulumi.ComponentResource {
    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:ResetOnDestroy", name, {}, opts);
        new command.local.Command(
            name,
            {
                create: "true",
                delete: unsetFixedCommand,
                // The only input of the lab that contains the stack's name: a copied state needs one change.
                environment: { PULUMI_STACK: pulumi.getStack() },
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}
