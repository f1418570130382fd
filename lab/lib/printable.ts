/**
 * Text of a machine as it may be shown: control and format characters (escape sequences, text direction, zero width)
 * become `\u{...}`. Line feeds and tabs stay.
 */
export function printable(text: string): string {
    return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

/**
 * A printable text as one line.
 *
 * @param limit characters; a longer line ends with `...`; default 300
 */
export function printableLine(text: string, limit = 300): string {
    const line = printable(text.trim().replace(/\s+/g, " "));
    return line.length > limit ? `${line.slice(0, limit)}...` : line;
}

/** JSON, indented, whose strings have the characters of {@link printable} as JSON's own escapes. */
export function printableJson(value: unknown): string {
    // JSON.stringify escapes control characters below U+0020 only.
    return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
        Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
            .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
            .join(""),
    );
}

function escaped(character: string): string {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
