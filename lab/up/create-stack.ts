import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { createStack, selectStack } from "../lib/pulumi";

/**
 * Creates a stack if there is none of that name. With the clone's own backend and passphrase (toolchain/env.sh) it creates
 * these as well.
 *
 * @param options select: whether it becomes the selected stack, default false; root: the clone
 * @throws PulumiError with Pulumi's reason, for example a name that it rejects
 */
export async function ensureStack(name: string, { select = false, root = repositoryRoot } = {}): Promise<void> {
    const folder = join(root, ".lab");
    const hasOwnBackend = process.env.PULUMI_BACKEND_URL === `file://${join(folder, "state")}`;
    if (hasOwnBackend) {
        mkdirSync(join(folder, "state"), { recursive: true });
    }
    if (process.env.PULUMI_CONFIG_PASSPHRASE_FILE === join(folder, "passphrase")) {
        createPassphrase(folder);
        if (hasOwnBackend) {
            removeStaleSalt(name, root);
        }
    }
    await createStack(name);
    if (select) {
        await selectStack(name);
    }
}

/**
 * Removes the salt from the file of a stack whose state was deleted with its passphrase: Pulumi rejects the new passphrase
 * for the old salt. The settings stay.
 */
function removeStaleSalt(name: string, root: string): void {
    const states = join(root, ".lab", "state", ".pulumi", "stacks", projectName);
    const exists = [".json", ".json.gz"].some((extension) => existsSync(join(states, name + extension)));
    const file = join(root, `Pulumi.${name}.yaml`);
    if (!exists && existsSync(file)) {
        writeFileSync(file, readFileSync(file, "utf8").replace(/^encryptionsalt:.*\n/m, ""));
    }
}

/** A file that only its owner can read; an existing one stays: it decrypts the existing stacks. */
function createPassphrase(folder: string): void {
    mkdirSync(folder, { recursive: true });
    const passphrase = `${randomBytes(24).toString("base64")}\n`;
    try {
        writeFileSync(join(folder, "passphrase"), passphrase, { mode: 0o600, flag: "wx" });
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
        }
    }
}
