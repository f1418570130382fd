import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { localScript } from "../config/local-script";
import { fingerprintOf, parseKeyPair } from "./key-pair";

/** An Ed25519 key pair that is generated once and stored in the stack's state, encrypted. */
export class SshKey extends pulumi.ComponentResource {
    /** OpenSSH private key file (openssh-key-v1), a secret. */
    readonly privateKey: pulumi.Output<string>;
    /** One line as in authorized_keys (sshd(8)): type, key, comment. */
    readonly publicKey: pulumi.Output<string>;
    /** Of the public key, as `ssh-keygen -l` prints it. */
    readonly fingerprint: pulumi.Output<string>;

    constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("certificate-lab:index:SshKey", name, {}, opts);
        const generate = new command.local.Command(
            name,
            { ...localScript("infra/hypervisor/generate-ssh-key.sh"), environment: { COMMENT: name }, logging: "none" },
            // An edited script must not replace the key of a lab that exists.
            { parent: this, additionalSecretOutputs: ["stdout"], ignoreChanges: ["create"] },
        );
        const pair = generate.stdout.apply(parseKeyPair);
        this.privateKey = pulumi.secret(pair.privateKey);
        this.publicKey = pulumi.unsecret(pair.publicKey);
        this.fingerprint = this.publicKey.apply(fingerprintOf);
        this.registerOutputs({ publicKey: this.publicKey });
    }
}
