import { marked, type Tokens } from "marked";

/** The rows of a document's table whose first header is `header`: the text of each cell. */
export function tableRows(document: string, header: string): string[][] {
    const tables = marked.lexer(document).filter((token): token is Tokens.Table => token.type === "table");
    const table = tables.find(({ header: [first] }) => first?.text === header);
    if (!table) {
        throw new Error(`There is no table with the first header ${header}`);
    }
    return table.rows.map((row) => row.map(({ text }) => text));
}

/** The targets of links and images. */
export function linkTargets(document: string): string[] {
    const targets: string[] = [];
    marked.walkTokens(marked.lexer(document), (token) => {
        if (token.type === "link" || token.type === "image") {
            targets.push(token.href);
        }
    });
    return targets;
}

/** The anchors that a Markdown host makes of headings: lower case, hyphens for spaces, no punctuation. */
export function anchors(document: string): string[] {
    return marked
        .lexer(document)
        .filter((token): token is Tokens.Heading => token.type === "heading")
        .map(({ text }) =>
            text
                .toLowerCase()
                .replace(/[^\p{L}\p{N}\- ]/gu, "")
                .replaceAll(" ", "-"),
        );
}

/** The code spans of a text. */
export function codeSpans(text: string): string[] {
    return Array.from(text.matchAll(/`([^`]+)`/g), (match) => match[1] ?? "");
}
