import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type AddressPlan, addressPlan } from "./address-plan";

/** The repository's root: the folder of Pulumi.yaml. */
export const repositoryRoot = join(__dirname, "..", "..");

/** A file of a machine. */
export interface ConfigFile {
    /** Absolute path on the machine. */
    path: string;
    content: string;
    /** Octal mode, for example "0644". */
    permissions: string;
}

/**
 * Replaces the addresses of the default network by those of the lab's network.
 *
 * The files of this repository contain the addresses of the problem statement, so that they can be read and linted. The
 * addresses of a lab in another /24 differ in the first three octets only.
 */
export function relocate(text: string, plan: AddressPlan): string {
    const written = addressPlan().prefix.replaceAll(".", "\\.");
    return text.replace(new RegExp(`(?<![\\d.])${written}(?=\\.\\d)`, "g"), plan.prefix);
}

/**
 * Replaces the placeholders `${name}` of a text.
 *
 * @throws Error when the text contains a placeholder without a value
 */
export function fillPlaceholders(text: string, values: Record<string, string>): string {
    return text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
        const value = values[name];
        if (value === undefined) {
            throw new Error(`No value for ${placeholder}; there are values for ${Object.keys(values).join(", ")}`);
        }
        return value;
    });
}

/** A file of the repository with the addresses of the lab's network. `path` is relative to the repository's root. */
export function readConfigFile(path: string, plan: AddressPlan): string {
    return relocate(readFileSync(join(repositoryRoot, path), "utf8"), plan);
}

/**
 * The files of a folder that mirrors a machine's root directory: `lb-config/base/etc/keepalived/keepalived.conf` becomes
 * `/etc/keepalived/keepalived.conf`. A file that is executable in the repository is executable on the machine. Sorted by
 * path.
 */
export function configFiles(folder: string, plan: AddressPlan): ConfigFile[] {
    const root = join(repositoryRoot, folder);
    return readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
            const source = join(entry.parentPath, entry.name);
            return {
                path: `/${relative(root, source)}`,
                content: relocate(readFileSync(source, "utf8"), plan),
                permissions: statSync(source).mode & 0o100 ? "0755" : "0644",
            };
        })
        .sort((a, b) => (a.path < b.path ? -1 : 1));
}
