import { writeFileSync } from "node:fs";
import { checkUntil } from "../check/lab-check";
import { exitCodeOf } from "../check/outcome";
import { rebootLoadBalancer } from "../check/reboot";
import { verdicts } from "../check/report";
import { solutionsIn } from "../check/solution";
import { printable } from "../lib/printable";
import type { Machines } from "../lib/ssh";
import type { LabStack, Stack } from "../lib/stack";
import type { Step } from "./answer";
import type { GradedAnswer } from "./graded-answer";
import { MachineShell } from "./machine-shell";
import { runAnswer } from "./run-answer";

export interface TryOptions {
    /** Seconds for one command of the answer. */
    commandDeadline: number;
    /** Seconds for all commands of the answer. */
    deadline: number;
    /** Seconds for the end state to appear after the last command. */
    checkDeadline: number;
    reboot: boolean;
    /** Points for a solution. */
    points: number;
}

/**
 * Executes an answer on a lab and grades it. Commands run as the contestant, and as root after a prompt of root.
 *
 * @param log receives the transcript and the progress during the execution
 */
export async function tryAnswer(
    lab: { machines: Machines; outputs: LabStack; stack: Pick<Stack, "deployment"> },
    answer: { file: string; steps: Step[] },
    options: TryOptions,
    log: (text: string) => void,
): Promise<GradedAnswer> {
    const start = Date.now();
    const { machines, outputs, stack } = lab;
    const shells = new Map<string, MachineShell>();
    const shellOf = ({ machine, user }: Pick<Step, "machine" | "user">) => {
        const name = `${user}@${machine}`;
        const shell = shells.get(name) ?? new MachineShell(machines, machine, user);
        shells.set(name, shell);
        return shell;
    };
    try {
        const transcript = await runAnswer(answer.steps, shellOf, {
            ...options,
            onStep: ({ user, machine, command }) => log(`${user}@${machine}$ ${printable(command)}\n`),
            onOutput: (text) => log(printable(text)),
        });
        const line = (text: string) => log(`${printable(text)}\n`);
        line("Checking the lab");
        const check = await checkUntil(machines, { outputs, stack, deadline: options.checkDeadline }, line);
        const exitCode = exitCodeOf(check.outcomes);
        let survivesReboot: boolean | undefined;
        if (options.reboot && exitCode === 0) {
            await rebootLoadBalancer(machines, line);
            const after = await checkUntil(machines, { outputs, stack, deadline: options.checkDeadline }, line);
            survivesReboot = exitCodeOf(after.outcomes) === 0;
        }
        return {
            file: answer.file,
            exitCode,
            verdict: verdicts[exitCode],
            points: exitCode === 0 ? options.points : 0,
            survivesReboot,
            solutions: solutionsIn(check.evidence),
            outcomes: check.outcomes.map(({ check, verdict, reason }) => ({ check, verdict, reason })),
            steps: transcript.steps.map(({ machine, user, command, line, result, seconds }) => ({
                machine,
                user,
                command,
                line,
                exitCode: result.exitCode,
                ended: result.ended,
                output: result.text,
                seconds,
            })),
            skipped: transcript.skipped,
            seconds: Math.round((Date.now() - start) / 1000),
        };
    } finally {
        for (const shell of shells.values()) {
            shell.close();
        }
    }
}

/** Writes the result for the process outside of the cell. */
export function writeResult(file: string, answer: GradedAnswer): void {
    writeFileSync(file, JSON.stringify(answer), { mode: 0o600 });
}
