import { quoted } from "../../infra/preflight/shell-word";
import type { Step } from "./answer";
import type { CommandOutput, Shell } from "./shell";

/** A command of an answer with its result. */
export interface ExecutedStep extends Step {
    result: CommandOutput;
    /** Its duration. */
    seconds: number;
}

export interface RunOptions {
    /** Seconds for one command. */
    commandDeadline: number;
    /** Seconds for all commands together. */
    deadline: number;
    /** Called before each command. */
    onStep?: (step: Step) => void;
    /** Called with each part of a command's output. */
    onOutput?: (text: string) => void;
}

/** The commands of an answer that were executed. */
export interface Transcript {
    steps: ExecutedStep[];
    /** Number of commands that were not executed, because the deadline was over. */
    skipped: number;
}

/**
 * Executes the commands of an answer one after another. A command that fails does not end the execution.
 *
 * @param shellOf the shell of a user on a machine; the same one for each call
 */
export async function runAnswer(
    steps: readonly Step[],
    shellOf: (step: Pick<Step, "machine" | "user">) => Shell,
    { commandDeadline, deadline, onStep, onOutput }: RunOptions,
): Promise<Transcript> {
    const end = Date.now() + deadline * 1000;
    const executed: ExecutedStep[] = [];
    for (const step of steps) {
        const start = Date.now();
        const left = (end - start) / 1000;
        if (left <= 0) {
            break;
        }
        onStep?.(step);
        const result = await shellOf(step).run(commandOf(step), {
            deadline: Math.min(commandDeadline, left),
            onOutput,
        });
        executed.push({ ...step, result, seconds: Math.round((Date.now() - start) / 100) / 10 });
    }
    return { steps: executed, skipped: steps.length - executed.length };
}

/** The command in the directory that its prompt shows. */
function commandOf({ directory, command }: Step): string {
    return directory === undefined ? command : `cd -- ${quotedDirectory(directory)}\n${command}`;
}

/** A directory for the shell, which still replaces a leading `~`. */
function quotedDirectory(directory: string): string {
    const [, tilde = "", rest = ""] = /^(~?)(.*)$/s.exec(directory) ?? [];
    return `${tilde}${rest === "" ? "" : quoted(rest)}`;
}
