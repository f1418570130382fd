/** A text in single quotes, as one word of a POSIX shell. */
export function quoted(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as one word of a POSIX shell, for commands in messages: quoted only where it needs to be. */
export function shellWord(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text);
}
