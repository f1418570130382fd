import { join } from "node:path";
import { TextlintKernel } from "@textlint/kernel";
import markdown from "@textlint/textlint-plugin-markdown";
import prh from "textlint-rule-prh";
import { proseOf } from "./prose";

export interface Finding {
    /** Counted from 1. */
    line: number;
    /** The rejected words and the suggested ones. */
    message: string;
}

const kernel = new TextlintKernel();

/** The rejected words of a file, in the order of their lines. Files with `ja` in their name follow japanese.yaml. */
export async function findings(file: string, source: string): Promise<Finding[]> {
    const rules = /(^|[./])ja\./.test(file) ? "japanese.yaml" : "english.yaml";
    const { messages } = await kernel.lintText(proseOf(file, source), {
        filePath: file,
        ext: ".md",
        plugins: [{ pluginId: "markdown", plugin: markdown }],
        rules: [
            {
                ruleId: "prh",
                rule: prh,
                options: {
                    rulePaths: [join(__dirname, rules)],
                    checkLink: true,
                    checkBlockQuote: true,
                    checkEmphasis: true,
                },
            },
        ],
    });
    return messages.map(({ loc, message }) => ({ line: loc.start.line, message }));
}
