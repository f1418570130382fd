import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { linkTargets, tableRows } from "./markdown";

/** Exit code of `lab check` for each folder. */
const exitCodes: Record<string, string> = { solved: "0", "not-solved": "1", "constraint-broken": "2" };

it.each([
    ["docs/solution.en.md", "answer"],
    ["docs/solution.ja.md", "解答"],
])("%s names a test for each kind of answer, with the same exit code", (document, header) => {
    for (const [answer, , exitCode, tests = ""] of tableRows(readFileSync(document, "utf8"), header)) {
        const targets = linkTargets(tests);
        expect(targets, answer).not.toEqual([]);
        for (const target of targets) {
            const folder = /^\.\.\/tests\/answers\/([^/]+)\//.exec(target)?.[1];
            if (folder !== undefined) {
                expect(exitCodes[folder], target).toBe(exitCode);
                expect(existsSync(target.replace("../", "")), target).toBe(true);
            }
        }
    }
});
