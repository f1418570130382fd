/**
 * Rejects words that the project's style excludes, in documents, comments, messages and test titles:
 * english.ts [FILE...], all files of the repository without arguments.
 */
import { readFileSync } from "node:fs";
import { sourceFiles } from "./files";
import { findings } from "./style";

/** Contains rejected words as examples. */
const examples = "tests/lint/style.test.ts";

async function main(): Promise<void> {
    const files = process.argv.length > 2 ? process.argv.slice(2) : sourceFiles().filter((file) => file !== examples);
    let count = 0;
    for (const file of files) {
        for (const { line, message } of await findings(file, readFileSync(file, "utf8"))) {
            console.log(`${file}:${line}: ${message}`);
            count += 1;
        }
    }
    if (count > 0) {
        console.error(`${count} words to replace. The rules are in tests/lint/english.yaml and japanese.yaml.`);
        process.exitCode = 1;
    }
}

void main();
