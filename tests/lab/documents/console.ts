import type { Section } from "./markdown";

/** A command in a document, and what the document says that it prints. */
export interface Step {
    machine: "host" | "lb";
    /** Where it runs, as the prompt shows it: `~` or a folder below it. */
    directory: string;
    /** One shell command; of several lines when it has a here-document or escaped line ends. */
    command: string;
    /** Lines of output that the document shows; none says nothing about the output. */
    output: string[];
    exitCode: number;
}

const prompt = /^user@(host|lb):(~\S*)\$ (.+)$/;

/** The commands of a section's `console` blocks, in their order. */
export function stepsOf({ blocks }: Section): Step[] {
    return blocks.filter(({ language }) => language === "console").flatMap(({ text }) => stepsIn(text));
}

/**
 * The commands of one `console` block.
 *
 * @throws Error when it does not begin with a prompt, or a command does not end
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
            throw new Error(`A console block begins without a prompt such as user@host:~$ at: ${line}`);
        } else {
            steps.at(-1)?.output.push(line);
        }
    }
    return steps.map((step) => ({ ...step, exitCode: shownExitCode(step.output) }));
}

/** Takes the lines that belong to a command out of those that follow it. */
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

/** curl says its exit code in its message, `curl: (60) ...`; every other command in the documents succeeds. */
function shownExitCode(output: string[]): number {
    return Number(/^curl: \((\d+)\)/m.exec(output.join("\n"))?.[1] ?? 0);
}
