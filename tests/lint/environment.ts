import { basename, extname } from "node:path";

/** Patterns whose first group is the name of an environment variable that the program reads. */
const patterns: [kind: RegExp, RegExp[]][] = [
    [/^\.m?ts$/, [/\benv\.([A-Z][A-Z0-9_]+)/g, /\benv\["([A-Z][A-Z0-9_]+)"\]/g, /["'`](LAB_[A-Z0-9_]+)\b/g]],
    [/^\.(sh|env)$/, [/\$\{([A-Z][A-Z0-9_]+):?[-+=?]/g, /\b(LAB_[A-Z0-9_]+)\b/g]],
    [/^Makefile$/, [/^([A-Z_]+) \?=/gm, /\b(LAB_[A-Z0-9_]+)\b/g]],
    [/^\.go$/, [/os\.(?:Getenv|LookupEnv)\("([A-Z][A-Z0-9_]+)"\)/g]],
];

/** The environment variables that a file reads, without duplicates; none for tests. */
export function environmentVariables(file: string, source: string): string[] {
    if (/(\.test\.\w+|_test\.go)$/.test(file)) {
        return [];
    }
    const kind = extname(file) || (source.startsWith("#!") ? ".sh" : basename(file));
    const found = patterns.filter(([kinds]) => kinds.test(kind)).flatMap(([, expressions]) => expressions);
    return [...new Set(found.flatMap((pattern) => Array.from(source.matchAll(pattern), (match) => match[1] ?? "")))];
}

/** The names of variables in a document's section "Environment variables". */
export function documentedVariables(document: string): string[] {
    const section = document.split(/^## /m).find((part) => part.startsWith("Environment variables")) ?? "";
    return Array.from(section.matchAll(/`([A-Z][A-Z0-9_]+)`/g), (match) => match[1] ?? "");
}
