/** A text as one word of a POSIX shell, for commands in messages: in single quotes where it needs them. */
export function shellWord(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
