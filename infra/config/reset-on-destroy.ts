import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/**
 * Makes `pulumi destroy` forget `fixed`.
 *
 * `pulumi up -c fixed=true` writes the setting into the stack's configuration file, so the next plain `pulumi up` after
 * a `pulumi destroy` would build the solved lab. This resource does nothing while it lives.
 */
export class ResetOnDestroy extends pulumi.ComponentResource {
    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:ResetOnDestroy", name, {}, opts);
        const stack = pulumi.getStack();
        new command.local.Command(
            name,
            {
                create: "echo 'pulumi destroy will unset the setting fixed'",
                delete: `${join(__dirname, "unset-fixed.sh")} ${stack}`,
            },
            { parent: this, ignoreChanges: ["delete"] },
        );
        this.registerOutputs();
    }
}
