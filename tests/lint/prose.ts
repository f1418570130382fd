import { basename, extname } from "node:path";
import { forEachComment } from "ts-api-utils";
import ts from "typescript";

/** A text and the line of the file, counted from 0, on which it begins. */
interface Passage {
    line: number;
    text: string;
}

const extractors: Record<string, (source: string) => Passage[]> = {
    ".ts": inTypeScript,
    ".mts": inTypeScript,
    ".mjs": inTypeScript,
    ".go": inGo,
    ".xsl": (source) => matches(source, /<!--([\s\S]*?)-->/g),
    ".md": (source) => [{ line: 0, text: source }],
    ".json": () => [],
    ".mod": () => [],
    ".sum": () => [],
    ".svg": () => [],
    ".txt": () => [],
};

/**
 * The English or Japanese text of a file as Markdown: comments, messages and test titles of a program, all of a document.
 * Every text is on the same line as in the file, and the rest is empty.
 */
export function proseOf(file: string, source: string): string {
    const lines: string[] = [];
    for (const { line, text } of extractorOf(file)(source)) {
        for (const [index, content] of text.split("\n").entries()) {
            const earlier = lines[line + index];
            lines[line + index] = earlier ? `${earlier} | ${content}` : content;
        }
    }
    return Array.from(lines, (line) => line ?? "").join("\n");
}

function extractorOf(file: string): (source: string) => Passage[] {
    return file.startsWith("lab/hint/texts/") && extname(file) === ".yaml"
        ? inHints
        : (extractors[extname(file)] ?? (basename(file) === "LICENSE" ? () => [] : inHashComments));
}

/** Comments, and the literals that are sentences: messages, help texts, test titles. */
function inTypeScript(source: string): Passage[] {
    const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
    const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line;
    const passages: Passage[] = [];
    forEachComment(file, (text, { pos, end }) => {
        passages.push({ line: lineOf(pos), text: withoutMarkers(text.slice(pos, end)) });
    });
    const visit = (node: ts.Node): void => {
        const text = literalText(node);
        if (text !== undefined && isSentence(text)) {
            passages.push({ line: lineOf(node.getStart(file)), text: onOneLine(text) });
        }
        ts.forEachChild(node, visit);
    };
    visit(file);
    return passages;
}

/** The text of a literal; the expressions of a template become `...`. */
function literalText(node: ts.Node): string | undefined {
    if (ts.isStringLiteralLike(node)) {
        return node.text;
    }
    if (ts.isTemplateExpression(node)) {
        return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("`...`");
    }
    return undefined;
}

function inGo(source: string): Passage[] {
    const strings = matches(source, /"((?:[^"\\\n]|\\.)*)"/g);
    return [
        ...matches(source, /(?:^|\s)\/\/ ?(.*)$/gm),
        ...strings.filter(({ text }) => isSentence(text)).map(({ line, text }) => ({ line, text: onOneLine(text) })),
    ];
}

/** Comments of shell scripts, YAML, Makefiles and configuration files, and messages that a script prints. */
function inHashComments(source: string): Passage[] {
    return [
        ...matches(source, /(?:^|\s)#+ (.*)$/gm),
        ...matches(source, /^\s*(?:echo|printf|fail|die|log) "([^"]*)"/gm).map(({ line, text }) => ({
            line,
            text: onOneLine(text),
        })),
    ];
}

/** The texts of hints: every line of the file without keys, indentation and the list's markers. */
function inHints(source: string): Passage[] {
    return [{ line: 0, text: source.replace(/^[\w-]+:$|^[ \t]*(- \S*\s?[|>]|# ?)?[ \t]*/gm, "") }];
}

/** The first group of every match. */
function matches(source: string, pattern: RegExp): Passage[] {
    return Array.from(source.matchAll(pattern), (match) => {
        const text = match[1] ?? "";
        const position = match.index + match[0].lastIndexOf(text);
        return { line: source.slice(0, position).split("\n").length - 1, text: withoutMarkers(text) };
    });
}

function withoutMarkers(comment: string): string {
    return comment
        .replace(/^\/\*+|\*+\/$/g, "")
        .split("\n")
        .map((line) => line.trim().replace(/^(\/\/|\*)\s?/, ""))
        .join("\n");
}

/** Three words at least; shorter literals are names and arguments. */
function isSentence(text: string): boolean {
    return /[A-Za-z]+[^A-Za-z\n]+[A-Za-z]+\s+[a-z]+/.test(text) || /[\u3040-\u30ff]/.test(text);
}

function onOneLine(text: string): string {
    return text.replace(/\s+/g, " ").trim();
}
