import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import { needs } from "../../tests/programs";
import { knownHostLine, parseKeyPair } from "./key-pair";

needs("ssh-keygen").it("parses a key pair that the script generates", () => {
    const output = execFileSync(join(__dirname, "generate-ssh-key.sh"), {
        encoding: "utf8",
        env: { ...process.env, COMMENT: "lb-host-key" },
    });
    const { privateKey, publicKey } = parseKeyPair(output);
    expect(privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n[^-]+\n-----END OPENSSH PRIVATE KEY-----\n$/);
    expect(publicKey).toMatch(/^ssh-ed25519 \S+ lb-host-key$/);
    expect(knownHostLine("192.168.20.1", publicKey)).toMatch(/^192\.168\.20\.1 ssh-ed25519 \S+$/);
});
