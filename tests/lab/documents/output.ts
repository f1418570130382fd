/** Patterns of values that differ from run to run, and their names. The lab's fixed ports and addresses are compared. */
const variable: [RegExp, string][] = [
    // The worker: IPVS alternates between them, and cert-manager runs on either.
    [/\b192\.168\.20\.13[01]\b/g, "<worker>"],
    [/(?<=<worker>[.:])(?!(80|443)\b)\d+/g, "<client port>"],
    [/\b10\.244\.\d+\.\d+\b/g, "<pod>"],
    [/(?<=acme-challenge\/)[\w-]+/g, "<token>"],
    [/(?<=www-ictsc-test-tls)(-\d+)+/g, "<number>"],
    // Ages as kubectl prints them, and the remaining time of an entry in IPVS' table.
    [/\b(\d+d)?(\d+h)?(\d+m)?(\d+s)\b|\b(\d+d)?(\d+h)?\d+m\b/g, "<age>"],
    [/\b\d\d:\d\d\b/g, "<time>"],
    [/[ \t]+/g, " "],
];

function comparable(line: string): string {
    return variable.reduce((text, [pattern, name]) => text.replace(pattern, name), line).trim();
}

/**
 * Returns whether the output of a command is the output that a document shows.
 *
 * @param shown the document's lines; `...` matches any number of lines, including none
 * @param printed the output of the command
 */
export function isShown(shown: string[], printed: string): boolean {
    return matches(shown.map(comparable), printed.trimEnd().split("\n").map(comparable));
}

function matches([first, ...rest]: string[], lines: string[]): boolean {
    if (first === undefined) {
        return lines.length === 0;
    }
    if (first === "...") {
        return [...lines, ""].some((_, skipped) => matches(rest, lines.slice(skipped)));
    }
    return lines[0] === first && matches(rest, lines.slice(1));
}
