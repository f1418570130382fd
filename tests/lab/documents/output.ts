/** What differs from run to run, and a name for it. The lab's own ports and addresses are not among it. */
const variable: [RegExp, string][] = [
    // Which worker: IPVS takes turns, and cert-manager runs on either.
    [/\b192\.168\.20\.13[01]\b/g, "<worker>"],
    [/(?<=<worker>[.:])(?!(80|443)\b)\d+/g, "<client port>"],
    [/\b10\.244\.\d+\.\d+\b/g, "<pod>"],
    [/(?<=acme-challenge\/)[\w-]+/g, "<token>"],
    [/(?<=www-ictsc-test-tls)(-\d+)+/g, "<number>"],
    // Ages as kubectl prints them, and the time that an entry of IPVS' table has left.
    [/\b(\d+d)?(\d+h)?(\d+m)?(\d+s)\b|\b(\d+d)?(\d+h)?\d+m\b/g, "<age>"],
    [/\b\d\d:\d\d\b/g, "<time>"],
    [/[ \t]+/g, " "],
];

function comparable(line: string): string {
    return variable.reduce((text, [pattern, name]) => text.replace(pattern, name), line).trim();
}

/**
 * Whether a command printed what a document shows.
 *
 * @param shown the document's lines; `...` stands for any lines, none at all among them
 * @param printed what the command printed
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
