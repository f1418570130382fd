import { createHash } from "node:crypto";

/** An SSH key pair in OpenSSH's formats. */
export interface KeyPair {
    /** Private key file (openssh-key-v1). */
    privateKey: string;
    /** One line as in authorized_keys (sshd(8)): type, key, comment. */
    publicKey: string;
}

/** Parses the output of generate-ssh-key.sh: the private key, then the public key on the last line. */
export function parseKeyPair(output: string): KeyPair {
    const lines = output.trimEnd().split("\n");
    return { privateKey: `${lines.slice(0, -1).join("\n")}\n`, publicKey: lines.at(-1) ?? "" };
}

/** A machine's line of an OpenSSH known_hosts file (sshd(8)): address, key type, key. */
export function knownHostLine(address: string, publicKey: string): string {
    return `${address} ${publicKey.split(" ").slice(0, 2).join(" ")}`;
}

/** The fingerprint of a public key, as `ssh-keygen -l` prints it. */
export function fingerprintOf(publicKey: string): string {
    const key = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
    return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
