import type { Section } from "./markdown";

/** A command of a document and the output that the document shows. */
export interface Step {
    machine: "host" | "lb";
    /** Working directory, as in the prompt: `~` or a folder below it. */
    directory: string;
    /** One shell command; several lines with a here-document or escaped line ends. */
    command: string;
    /** Lines of output that the document shows. Empty: any output. */
    output: string[];
    exitCode: number;
}

const prompt = /^user@(host|lb):(~\S*)\$ (.+)$/;

/** Returns the commands of a section's `console` blocks, in their order. */
export function stepsOf({ blocks }: Section): Step[] {
    return blocks.filter(({ language }) => language === "console").flatMap(({ text }) => stepsIn(text));
}

/**
 * Returns the commands of one `console` block.
 *
 * @throws Error if it does not begin with a prompt, or if a command does not end
 */
export function stepsIn(text: string): Step[] {
    const steps: Step[] = [];
    const lines = text.split("\n");
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
        const match = prompt.exec(line);
        if (match) {
            const [, machine, directory, first] = match as unknown as [string, Step["machine"], string, string];
            steps.push({ machine, directory, command: wholeCommand(first, lines), output: [], exitCode: 0 });
        } else if (steps.length === 0) {
            throw new Error(`A console block has no prompt such as user@host:~$ before: ${line}`);
        } else {
            steps.at(-1)?.output.push(line);
        }
    }
    return steps.map((step) => ({ ...step, exitCode: shownExitCode(step.output) }));
}

/** Removes the lines that belong to a command from those that follow it, and returns the whole command. */
function wholeCommand(first: string, following: string[]): string {
    const command = [first];
    const delimiter = /<<'(\w+)'/.exec(first)?.[1];
    const isOpen = () => (delimiter ? command.at(-1) !== delimiter : command.at(-1)?.endsWith("\\"));
    while (isOpen()) {
        const next = following.shift();
        if (next === undefined) {
            throw new Error(`A command does not end: ${first}`);
        }
        command.push(next);
    }
    return command.join("\n");
}

/** Returns the exit code in a message of curl, `curl: (60) ...`; all other commands of the documents succeed. */
function shownExitCode(output: string[]): number {
    return Number(/^curl: \((\d+)\)/m.exec(output.join("\n"))?.[1] ?? 0);
}
