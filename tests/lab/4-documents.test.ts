/**
 * Runs every command of docs/problem.en.md and docs/solution.en.md as a contestant does. The Japanese documents have
 * the same commands; documents/documents.test.ts holds them to that.
 *
 * Commands stand in blocks fenced as ```console:
 * - A line with a prompt, `user@host:~/manifests$ `, is run on that machine in that directory. It goes on over the
 *   lines of a here-document and over escaped line ends, and must end with 0, or as a `curl: (60)` that is shown says.
 * - The lines below it are what it prints, all of it; `...` stands for left-out lines. Without lines, anything may be
 *   printed. What differs from run to run (addresses of pods, ages, ...: documents/output.ts) may differ.
 * - What is shown may take its time: the command is repeated until it shows it.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { recognizeSolutions } from "../../lab/check/solution";
import type { Machines } from "../../lab/lib/ssh";
import type { LabStack } from "../../lab/lib/stack";
import { type Step, stepsOf } from "./documents/console";
import { Contestant } from "./documents/contestant";
import { readDocument } from "./documents/documents";
import { type Section, sectionsUnder } from "./documents/markdown";
import { isShown } from "./documents/output";
import { connect, labOutput, until, verdict } from "./machines";

/** Milliseconds: how long a command is repeated, and the pause between. Wide enough for software emulation. */
const patience = { timeout: 15 * 60_000, interval: 5_000 };

const problem = readDocument("problem", "en");
const solution = readDocument("solution", "en");

/** Sections of the solution's document; each is called as `lab check` calls the solution that it describes. */
const solutions = [
    "Hairpin NAT on lb",
    "CoreDNS answering for the site",
    "DNAT on lb to a node",
    "Reverse proxy on lb",
] as const;

describe("the documents' commands", () => {
    let stack: LabStack;
    let machines: Machines;
    let contestant: Contestant;

    const runOnce = async (step: Step) => {
        const { exitCode, printed } = await contestant.run(step);
        expect({ command: step.command, exitCode, printed }).toMatchObject({ exitCode: step.exitCode });
        if (step.output.length > 0 && !isShown(step.output, printed)) {
            throw new Error(`${step.command}\nprinted\n${printed}\ninstead of\n${step.output.join("\n")}`);
        }
    };

    const run = async (...sections: Section[]) => {
        for (const step of sections.flatMap(stepsOf)) {
            await (step.output.length > 0 ? vi.waitFor(() => runOnce(step), patience) : runOnce(step));
        }
    };

    const becomes = (wanted: 0 | 1) =>
        until(`the verdict ${wanted}`, async () => {
            const now = await verdict(machines, stack);
            expect(now).not.toBe(2);
            return now === wanted;
        });

    const arrive = async () => {
        ({ stack, machines } = await connect());
        contestant = await Contestant.arrive(stack);
    };

    const leave = async () => {
        await contestant?.leave();
        await machines?.close();
    };

    beforeAll(async () => {
        await labOutput("snapshot");
        await arrive();
    });

    afterAll(leave);

    it("show the initial state", () => run(...sectionsUnder(problem, "Initial state")));

    it("show the cause", () => run(...sectionsUnder(solution, "Cause")));

    describe.each(solutions)("%s", (title) => {
        const [how, ...undo] = sectionsUnder(solution, title);

        it("solves the problem of a lab that was reset", async () => {
            expect(stepsOf(how)).not.toEqual([]);
            await leave();
            await labOutput("reset");
            await arrive();
            await becomes(1);
            await run(how, ...sectionsUnder(problem, "End state"));
            await becomes(0);
            const seen = await recognizeSolutions(machines, stack);
            expect(seen.map((name) => name.toLowerCase())).toEqual([title.toLowerCase()]);
        });

        it("is undone", async () => {
            expect(undo.flatMap(stepsOf)).not.toEqual([]);
            await run(...undo, ...sectionsUnder(problem, "Initial state"));
            await becomes(1);
            expect(await recognizeSolutions(machines, stack)).toEqual([]);
        });
    });

    it("are all of them", () => {
        const tested = [
            ...["Initial state", "End state"].flatMap((title) => sectionsUnder(problem, title)),
            ...["Cause", ...solutions].flatMap((title) => sectionsUnder(solution, title)),
        ];
        const untested = [...problem, ...solution].filter((section) => !tested.includes(section)).flatMap(stepsOf);
        expect(untested).toEqual([]);
    });
});
