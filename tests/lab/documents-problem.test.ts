import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DocumentedCommands, problem, solution } from "./documents/commands";
import { stepsOf } from "./documents/console";
import { sectionsUnder } from "./documents/markdown";
import { solutionTitles } from "./documents/solution-tests";

describe("the documents' commands", () => {
    let commands: DocumentedCommands;

    beforeAll(async () => {
        commands = await DocumentedCommands.open();
    });

    afterAll(() => commands?.close());

    it("show the initial state", () => commands.run(...sectionsUnder(problem, "Initial state")));

    it("show the cause", () => commands.run(...sectionsUnder(solution, "Cause")));

    it("are all tested", () => {
        const tested = [
            ...["Initial state", "End state"].flatMap((title) => sectionsUnder(problem, title)),
            ...["Cause", ...solutionTitles].flatMap((title) => sectionsUnder(solution, title)),
        ];
        const untested = [...problem, ...solution].filter((section) => !tested.includes(section)).flatMap(stepsOf);
        expect(untested).toEqual([]);
    });
});
