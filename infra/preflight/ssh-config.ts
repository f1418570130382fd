import { isAbsolute, join } from "node:path";

/** An OpenSSH client configuration as github.com/kevinburke/ssh_config 1.2.0 reads it, which the libvirt provider uses. */
export interface SshConfig {
    /** All values of a keyword for a host, in the order of the file. */
    all(host: string, keyword: string): string[];
}

/** A configuration that this reader, unlike ssh(1), cannot read. */
export class SshConfigError extends Error {}

/** Files deeper than this are an error: Include of Include. */
const maximumDepth = 5;

/** A `Host` section. */
interface Section {
    patterns: string[];
    entries: { keyword: string; value: string | SshConfig[] }[];
}

/**
 * Parses a client configuration. Differs from ssh(1): `Match` is an error, quotes and tokens (%h) are not interpreted.
 *
 * @param home the user's home directory, to which Include is relative
 * @param glob the existing files that a pattern names
 * @param readText content of a file; undefined when it is not readable
 * @throws SshConfigError
 */
export function parseSshConfig(
    text: string,
    home: string,
    glob: (pattern: string) => string[],
    readText: (path: string) => string | undefined,
    depth = 0,
): SshConfig {
    const sections: Section[] = [{ patterns: ["*"], entries: [] }];
    for (const line of text.split(/\r?\n/)) {
        const match = /^\s*([^\s=#]+)\s*=?\s*([^#]*)/.exec(line);
        if (match === null) {
            continue;
        }
        const [, name = "", rest = ""] = match;
        const keyword = name.toLowerCase();
        const value = rest.trimEnd();
        if (keyword === "match") {
            throw new SshConfigError("Match is not supported");
        }
        if (keyword === "host") {
            sections.push({ patterns: value.split(" ").filter((pattern) => pattern !== ""), entries: [] });
            continue;
        }
        if (keyword === "include") {
            if (depth >= maximumDepth) {
                throw new SshConfigError(`Include is nested more than ${maximumDepth} times`);
            }
            const files = value.split(" ").flatMap((path) => glob(isAbsolute(path) ? path : join(home, ".ssh", path)));
            const included = files.map((file) => parseSshConfig(readText(file) ?? "", home, glob, readText, depth + 1));
            sections.at(-1)?.entries.push({ keyword, value: included });
            continue;
        }
        sections.at(-1)?.entries.push({ keyword, value });
    }
    return {
        all: (host, keyword) =>
            sections
                .filter(({ patterns }) => matches(host, patterns))
                .flatMap(({ entries }) =>
                    entries.flatMap(({ keyword: name, value }) =>
                        typeof value === "string"
                            ? name === keyword.toLowerCase()
                                ? [value]
                                : []
                            : value.flatMap((config) => config.all(host, keyword)),
                    ),
                ),
    };
}

/** Whether a host matches the patterns of a `Host` line, ssh_config(5). */
function matches(host: string, patterns: readonly string[]): boolean {
    const fits = (pattern: string) =>
        new RegExp(
            `^${pattern
                .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
                .replaceAll("*", ".*")
                .replaceAll("?", ".?")}$`,
        ).test(host);
    return (
        patterns.some((pattern) => !pattern.startsWith("!") && fits(pattern)) &&
        !patterns.some((pattern) => pattern.startsWith("!") && fits(pattern.slice(1)))
    );
}
