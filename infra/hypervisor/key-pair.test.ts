import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import { needs } from "../../tests/programs";
import { fingerprintOf, knownHostLine, parseKeyPair } from "./key-pair";

const generate = () =>
    execFileSync(join(__dirname, "generate-ssh-key.sh"), {
        encoding: "utf8",
        env: { ...process.env, COMMENT: "lb-host-key" },
    });

needs("ssh-keygen").it("parses a key pair that the script generates", () => {
    const { privateKey, publicKey } = parseKeyPair(generate());
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+\n-----END OPENSSH PRIVATE KEY-----\n$/);
    expect(publicKey).toMatch(/^ssh-ed25519 \S+ lb-host-key$/);
    expect(knownHostLine("192.168.20.1", publicKey)).toMatch(/^192\.168\.20\.1 ssh-ed25519 \S+$/);
});

needs("ssh-keygen").it("computes a key's fingerprint as ssh-keygen does", () => {
    const { publicKey } = parseKeyPair(generate());
    const printed = execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: publicKey, encoding: "utf8" });
    expect(printed.split(" ")[1]).toBe(fingerprintOf(publicKey));
});
