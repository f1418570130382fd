import { type Step as Command, stepsIn as commandsIn } from "../../../lab/try/answer";
import type { Section } from "./markdown";

/** A command of a document, its working directory, and the output that the document shows. Empty: any output. */
export interface Step extends Pick<Command, "machine" | "command" | "output"> {
    directory: string;
    exitCode: number;
}

/** Returns the commands of a section's `console` blocks, in their order. */
export function stepsOf({ blocks }: Section): Step[] {
    return blocks.filter(({ language }) => language === "console").flatMap(({ text }) => stepsIn(text));
}

/**
 * Returns the commands of one `console` block, of the contestant in a directory.
 *
 * @throws Error if it does not begin with a prompt, or if a command does not end
 */
export function stepsIn(text: string): Step[] {
    const commands = commandsIn({ text, line: 1 });
    const incomplete = commands.find(({ user, directory }) => user !== "user" || directory === undefined);
    if (commands[0]?.line !== 1 || incomplete) {
        throw new Error(`A console block has no prompt such as user@host:~$ before: ${incomplete?.command ?? text}`);
    }
    return commands.map(({ machine, directory = "", command, output }) => ({
        machine,
        directory,
        command,
        output,
        exitCode: shownExitCode(output),
    }));
}

/** Returns the exit code in a message of curl, `curl: (60) ...`; all other commands of the documents succeed. */
function shownExitCode(output: string[]): number {
    return Number(/^curl: \((\d+)\)/m.exec(output.join("\n"))?.[1] ?? 0);
}
