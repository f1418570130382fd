import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { gradedAnswerSchema } from "../../lab/try/graded-answer";
import { solution } from "../lab/documents/commands";
import { sectionsUnder } from "../lab/documents/markdown";
import { solutionTitles } from "../lab/documents/solution-tests";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

/** Folders of answers, with the exit code of `lab check` after each answer. */
const folders = { solved: 0, "not-solved": 1, "constraint-broken": 2 } as const;

/** Seconds for the end state. An answer that does not reach it waits until the deadline. */
const checkDeadlines = { solved: 600, "not-solved": 60, "constraint-broken": 60 };

const directory = join(repositoryRoot, "tests", "answers");

const answers = Object.entries(folders).flatMap(([folder, exitCode]) =>
    readdirSync(join(directory, folder)).map((file) => ({
        name: `${folder}/${file}`,
        exitCode,
        checkDeadline: checkDeadlines[folder as keyof typeof folders],
    })),
);

describeLabs(2, "lab try", () => {
    let lab: TestLab;
    const documents = mkdtempSync(join(tmpdir(), "answers-"));

    beforeAll(async () => {
        lab = await TestLab.start("life-answers");
        // Saves its processor time for the clones.
        await lab.labOutput("stop");
    });

    afterAll(async () => {
        rmSync(documents, { recursive: true });
        await lab.remove();
    });

    it.each(solutionTitles)("grades the document's section %s as solved, also after a reboot of lb", async (title) => {
        const [{ blocks }] = sectionsUnder(solution, title);
        const file = join(documents, "answer.md");
        writeFileSync(file, blocks.map(({ language, text }) => `\`\`\`${language}\n${text}\n\`\`\``).join("\n\n"));
        const { stdout, all } = await lab.lab("try", "--json", file);
        const answer = gradedAnswerSchema.parse(JSON.parse(stdout));
        expect(answer, all).toMatchObject({ exitCode: 0, survivesReboot: true });
        console.log(`${title}: ${answer.verdict} after ${answer.seconds} s`);
    });

    it.each(answers)("grades $name with $exitCode", async ({ name, exitCode, checkDeadline }) => {
        const options = ["--json", "--no-reboot", "--check-deadline", `${checkDeadline}`];
        const { stdout, all } = await lab.lab("try", ...options, join(directory, name));
        const answer = gradedAnswerSchema.parse(JSON.parse(stdout));
        expect(answer.exitCode, all).toBe(exitCode);
        console.log(`${name}: ${answer.verdict} after ${answer.seconds} s`);
    });
});
