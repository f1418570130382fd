/** A PEM private key (RFC 7468), also one whose end is missing. */
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;

/** base64 of a text that begins with `-----BEGIN `, as Secrets and kubeconfigs contain PEM. */
const encodedPem = /LS0tLS1CRUdJTi[A-Za-z0-9+/]+=*/g;

const replacement = "(private key removed)";

/** A text without its private keys in PEM, plain or in base64. */
export function withoutPrivateKeys(text: string): string {
    return text
        .replace(privateKey, replacement)
        .replace(encodedPem, (encoded) =>
            /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(Buffer.from(encoded, "base64").toString())
                ? replacement
                : encoded,
        );
}
