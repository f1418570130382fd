import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { gradedAnswerSchema } from "../../lab/try/graded-answer";
import { describeLabs } from "../memory";
import { TestLab } from "./test-lab";

/** Folders of answers, by the exit code of `lab check` after them. */
const folders = { solved: 0, "not-solved": 1, "constraint-broken": 2 } as const;

/** Seconds for the end state. Answers that do not reach it wait until the deadline. */
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

    beforeAll(async () => {
        lab = await TestLab.start("life-answers");
        // Only the clones need the processors.
        await lab.labOutput("stop");
    });

    afterAll(() => lab.remove());

    it.each(answers)("grades $name with $exitCode", async ({ name, exitCode, checkDeadline }) => {
        const options = ["--json", "--no-reboot", "--check-deadline", `${checkDeadline}`];
        const { stdout, all } = await lab.lab("try", ...options, join(directory, name));
        const answer = gradedAnswerSchema.parse(JSON.parse(stdout));
        expect(answer.exitCode, all).toBe(exitCode);
        console.log(`${name}: ${answer.verdict} after ${answer.seconds} s`);
    });
});
