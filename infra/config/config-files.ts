import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type AddressPlan, addressPlan } from "./address-plan";

/** The repository's root, where the folders with machine configuration lie. */
export const repositoryRoot = join(__dirname, "..", "..");

/** A file as it lands on a machine. */
export interface ConfigFile {
    /** Absolute path on the machine. */
    path: string;
    content: string;
    /** Octal mode, for example "0644". */
    permissions: string;
}

/**
 * Moves a text that is written for the default network to the lab's own network.
 *
 * The files in this repository hold the problem statement's addresses, so that they can be read, linted and
 * copied as they are; a lab on another /24 differs from them in the first three octets only.
 */
export function relocate(text: string, plan: AddressPlan): string {
    const written = addressPlan().prefix.replaceAll(".", "\\.");
    return text.replace(new RegExp(`(?<![\\d.])${written}(?=\\.\\d)`, "g"), plan.prefix);
}

/**
 * Fills `${name}` placeholders, for the few values that no file can know beforehand.
 *
 * @throws Error when the text names a placeholder that has no value
 */
export function fillPlaceholders(text: string, values: Record<string, string>): string {
    return text.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
        const value = values[name];
        if (value === undefined) {
            throw new Error(`No value for ${placeholder}; known are: ${Object.keys(values).join(", ")}`);
        }
        return value;
    });
}

/** Reads one file of the repository, moved to the lab's network. `path` is relative to the repository's root. */
export function readConfigFile(path: string, plan: AddressPlan): string {
    return relocate(readFileSync(join(repositoryRoot, path), "utf8"), plan);
}

/**
 * Reads a folder that mirrors a machine's root directory: `lb-config/base/etc/hosts` lands as `/etc/hosts`.
 * A file that is executable in the repository is executable on the machine. Sorted by path, so that the result is stable.
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
