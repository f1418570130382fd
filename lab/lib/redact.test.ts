import { expect, it } from "vitest";
import { withoutPrivateKeys } from "./redact";

const pem = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----`;

it.each(["PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])("removes a %s", (label) => {
    expect(withoutPrivateKeys(`a\n${pem(label)}\nb`)).toBe("a\n(private key removed)\nb");
});

it("removes a key whose end is missing", () => {
    expect(withoutPrivateKeys("a\n-----BEGIN PRIVATE KEY-----\nAAAA")).toBe("a\n(private key removed)");
});

it("removes a key in base64", () => {
    const encoded = Buffer.from(pem("PRIVATE KEY")).toString("base64");
    expect(withoutPrivateKeys(`client-key-data: ${encoded}\n`)).toBe("client-key-data: (private key removed)\n");
});

it("keeps certificates", () => {
    const text = `${pem("CERTIFICATE")} ${Buffer.from(pem("CERTIFICATE")).toString("base64")}`;
    expect(withoutPrivateKeys(text)).toBe(text);
});
