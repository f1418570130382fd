import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { parseKeyPair } from "./key-pair";

/** An Ed25519 key pair that is made once and lives in the stack's state, encrypted. It has nothing to undo. */
export class SshKey extends pulumi.ComponentResource {
    /** OpenSSH private key file (openssh-key-v1), a secret. */
    readonly privateKey: pulumi.Output<string>;
    /** One line as in authorized_keys (sshd(8)): type, key, comment. */
    readonly publicKey: pulumi.Output<string>;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:SshKey", name, {}, opts);
        const generate = new command.local.Command(
            name,
            { create: `${join(__dirname, "generate-ssh-key.sh")} ${name}`, logging: "none" },
            // The script's path differs from clone to clone, and a key must not change with it.
            { parent: this, additionalSecretOutputs: ["stdout"], ignoreChanges: ["create"] },
        );
        const pair = generate.stdout.apply(parseKeyPair);
        this.privateKey = pulumi.secret(pair.privateKey);
        this.publicKey = pulumi.unsecret(pair.publicKey);
        this.registerOutputs({ publicKey: this.publicKey });
    }
}
