import { marked } from "marked";

/** A heading of a Markdown document and the blocks below it, up to the next heading. */
export interface Section {
    /** 1 for `#`. */
    level: number;
    title: string;
    /** Its code blocks, in their order. */
    blocks: FencedBlock[];
}

export interface FencedBlock {
    /** The word after the opening fence. */
    language: string;
    text: string;
}

/** Returns the sections of a document in their order. Text before the first heading belongs to no section. */
export function sectionsOf(markdown: string): Section[] {
    const sections: Section[] = [];
    marked.walkTokens(marked.lexer(markdown), (token) => {
        if (token.type === "heading") {
            sections.push({ level: token.depth, title: token.text, blocks: [] });
        } else if (token.type === "code") {
            sections.at(-1)?.blocks.push({ language: token.lang ?? "", text: token.text });
        }
    });
    return sections;
}

/**
 * Returns the section with a title, followed by the sections below it.
 *
 * @throws Error if no section has the title
 */
export function sectionsUnder(sections: Section[], title: string): [Section, ...Section[]] {
    const start = sections.findIndex((section) => section.title === title);
    const first = sections[start];
    if (!first) {
        throw new Error(`There is no section ${title}; there are ${sections.map((s) => s.title).join(", ")}`);
    }
    const after = sections.slice(start + 1);
    const end = after.findIndex(({ level }) => level <= first.level);
    return [first, ...(end < 0 ? after : after.slice(0, end))];
}
