/** A heading of a Markdown document and what stands below it, up to the next heading. */
export interface Section {
    /** 1 for `#`. */
    level: number;
    title: string;
    /** Its fenced blocks, in their order. */
    blocks: FencedBlock[];
}

export interface FencedBlock {
    /** What stands behind the opening fence. */
    language: string;
    text: string;
}

/** The sections of a document in their order. Knows headings with `#` and fences of three backticks. */
export function sectionsOf(markdown: string): Section[] {
    const sections: Section[] = [];
    let block: { language: string; lines: string[] } | undefined;
    for (const line of markdown.split("\n")) {
        const heading = /^(#+) (.+)$/.exec(line);
        if (line.startsWith("```")) {
            if (block) {
                sections.at(-1)?.blocks.push({ language: block.language, text: block.lines.join("\n") });
                block = undefined;
            } else {
                block = { language: line.slice(3), lines: [] };
            }
        } else if (block) {
            block.lines.push(line);
        } else if (heading) {
            sections.push({ level: heading[1]?.length ?? 0, title: heading[2] ?? "", blocks: [] });
        }
    }
    return sections;
}

/**
 * The section with a title, and after it the sections below it.
 *
 * @throws Error when no section has that title
 */
export function sectionsUnder(sections: Section[], title: string): [Section, ...Section[]] {
    const start = sections.findIndex((section) => section.title === title);
    const first = sections[start];
    if (!first) {
        throw new Error(`No section is called ${title}; there are ${sections.map((s) => s.title).join(", ")}`);
    }
    const after = sections.slice(start + 1);
    const end = after.findIndex(({ level }) => level <= first.level);
    return [first, ...(end < 0 ? after : after.slice(0, end))];
}
