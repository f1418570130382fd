/**
 * Runs the commands of docs/problem.en.md and docs/solution.en.md as a contestant does. The Japanese documents have the
 * same commands; documents.test.ts compares them.
 *
 * Commands are in blocks fenced as ```console:
 * - A line with a prompt, `user@host:~/manifests$ `, is run on that machine in that directory. It continues over the
 *   lines of a here-document and over escaped line ends. It must end with 0, or with curl's exit code where its message
 *   `curl: (60)` is shown.
 * - The lines below it are its output, all of it; `...` replaces any lines. Without lines, any output is accepted.
 *   Text that differs from run to run (addresses of pods, ages: output.ts) may differ.
 * - A command whose output is shown is repeated until it prints that output.
 */
import { expect, vi } from "vitest";
import type { Machines } from "../../../lab/lib/ssh";
import type { LabStack } from "../../../lab/lib/stack";
import { connect, grade, until } from "../machines";
import { type Step, stepsOf } from "./console";
import { Contestant } from "./contestant";
import { readDocument } from "./documents";
import type { Section } from "./markdown";
import { isShown } from "./output";

/** Milliseconds for which a command is repeated, and between two attempts. Wide enough for software emulation. */
const patience = { timeout: 15 * 60_000, interval: 5_000 };

export const problem = readDocument("problem", "en");
export const solution = readDocument("solution", "en");

/** The documents' commands on the test lab. */
export class DocumentedCommands {
    private constructor(
        private readonly stack: LabStack,
        private readonly machines: Machines,
        private readonly contestant: Contestant,
    ) {}

    /** Close it. */
    static async open(): Promise<DocumentedCommands> {
        const { stack, machines } = await connect();
        return new DocumentedCommands(stack, machines, await Contestant.arrive(stack));
    }

    /** Runs all commands of these sections in their order, and compares their output. */
    async run(...sections: Section[]): Promise<void> {
        for (const step of sections.flatMap(stepsOf)) {
            await (step.output.length > 0 ? vi.waitFor(() => this.runOnce(step), patience) : this.runOnce(step));
        }
    }

    /**
     * Waits until the lab is graded with an exit code; fails when a constraint is violated.
     *
     * @returns the solutions that `lab check` names
     */
    async becomes(wanted: 0 | 1): Promise<string[]> {
        let solutions: string[] = [];
        await until(`the verdict ${wanted}`, async () => {
            const now = await grade(this.machines, this.stack);
            expect(now.verdict).not.toBe(2);
            ({ solutions } = now);
            return now.verdict === wanted;
        });
        return solutions;
    }

    async close(): Promise<void> {
        await this.contestant.leave();
        await this.machines.close();
    }

    private async runOnce(step: Step): Promise<void> {
        const { exitCode, printed } = await this.contestant.run(step);
        expect({ command: step.command, exitCode, printed }).toMatchObject({ exitCode: step.exitCode });
        if (step.output.length > 0 && !isShown(step.output, printed)) {
            throw new Error(`${step.command}\nprinted\n${printed}\ninstead of\n${step.output.join("\n")}`);
        }
    }
}
