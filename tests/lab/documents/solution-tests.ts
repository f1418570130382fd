import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DocumentedCommands, problem, solution } from "./commands";
import { stepsOf } from "./console";
import { sectionsUnder } from "./markdown";

/** Sections of the solution's document, with the names that `lab check` uses. A file of tests/lab tests each. */
export const solutionTitles = [
    "Hairpin NAT on lb",
    "CoreDNS answering for the site",
    "DNAT on lb to a node",
    "Reverse proxy on lb",
] as const;

/** Declares the tests of one documented solution on the broken lab. */
export function testSolution(title: (typeof solutionTitles)[number]): void {
    describe(`the solution: ${title}`, () => {
        const [how, ...undo] = sectionsUnder(solution, title);
        let commands: DocumentedCommands;

        beforeAll(async () => {
            commands = await DocumentedCommands.open();
        });

        afterAll(() => commands?.close());

        it("solves the problem", async () => {
            expect(stepsOf(how)).not.toEqual([]);
            await commands.run(how, ...sectionsUnder(problem, "End state"));
            const seen = await commands.becomes(0);
            expect(seen.map((name) => name.toLowerCase())).toEqual([title.toLowerCase()]);
        });

        it("is undone", async () => {
            expect(undo.flatMap(stepsOf)).not.toEqual([]);
            await commands.run(...undo, ...sectionsUnder(problem, "Initial state"));
            expect(await commands.becomes(1)).toEqual([]);
        });
    });
}
