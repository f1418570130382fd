import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { PulumiError, pulumi } from "../lib/pulumi";

/**
 * Creates a stack if there is none of that name, on the clone's file backend with a generated passphrase.
 *
 * @param select whether it becomes the selected stack; default false
 * @throws PulumiError with Pulumi's reason, for example a name that it rejects
 */
export async function ensureStack(name: string, { select = false } = {}): Promise<void> {
    const passphrase = join(repositoryRoot, ".lab", "passphrase");
    mkdirSync(join(repositoryRoot, ".lab", "state"), { recursive: true });
    if (!existsSync(passphrase)) {
        writeFileSync(passphrase, `${randomBytes(24).toString("base64")}\n`, { mode: 0o600 });
    }
    if (select) {
        const selected = await pulumi(["stack", "select", "--create", name]);
        if (selected.exitCode !== 0) {
            throw new PulumiError(`pulumi stack select --create ${name} failed: ${selected.stderr}`);
        }
        return;
    }
    const created = await pulumi(["stack", "init", "--no-select", name]);
    if (created.exitCode !== 0 && !created.stderr.includes("already exists")) {
        throw new PulumiError(`pulumi stack init ${name} failed: ${created.stderr}`);
    }
}
