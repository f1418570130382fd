import { lexer, type Token } from "marked";
import { UnreachableError } from "../lib/unreachable-error";

/** Machines that contestants log in to. */
export const contestantMachines = ["host", "lb"] as const;

export type ContestantMachine = (typeof contestantMachines)[number];

/** A command of an answer. */
export interface Step {
    machine: ContestantMachine;
    user: "user" | "root";
    /** Working directory in the prompt: `~`, a folder below it or an absolute path; undefined without a path. */
    directory: string | undefined;
    /** One command of the shell; it has several lines with a here-document, escaped line ends or open quotes. */
    command: string;
    /** Number of its first line in the file, from 1. */
    line: number;
    /** The lines below it without a prompt: its output, as the answer shows it. */
    output: string[];
}

/** The file has no command that can be executed. */
export class AnswerError extends UnreachableError {}

/** `user@lb:~/manifests$ command`, `lb:~# command` or `lb$ command`; also in brackets, as in other distributions. */
const prompt = /^\s*\[?(?:([a-z_][\w-]*)@)?([a-z][\w-]*)(?:[: ](~|[~/]\S*))?\]?\s?([$#]) (\S.*)$/;

/** Names of code blocks that contain a terminal's content. */
const consoleLanguages = ["console", "shell-session", "sh-session", "terminal"];

/**
 * Reads the commands of a written answer: of a Markdown document's blocks ```` ```console ````, or of a text whose lines
 * begin with `machine$`. Lines without a prompt are a command's output.
 *
 * @throws AnswerError with the line that cannot be executed
 */
export function parseAnswer(text: string): Step[] {
    const blocks = consoleBlocks(text);
    const steps = (blocks.length > 0 ? blocks : [{ text, line: 1 }]).flatMap((block) => stepsIn(block));
    if (steps.length === 0) {
        throw new AnswerError(
            "The answer has no command. Commands are in blocks ```console, or in lines such as: lb$ sudo sysctl -w net.ipv4.vs.conntrack=1",
        );
    }
    return steps;
}

export interface Block {
    text: string;
    /** Number of its first line in the file. */
    line: number;
}

/** The console blocks of a Markdown document, also those in lists and quotes. */
function consoleBlocks(markdown: string): Block[] {
    const blocks: Block[] = [];
    let position = 0;
    const visit = (tokens: Token[]) => {
        for (const token of tokens) {
            if (token.type === "code" && consoleLanguages.includes(token.lang?.split(/\s/)[0] ?? "")) {
                const first = token.text.split("\n")[0] ?? "";
                // In a list, the document's lines are indented.
                position = Math.max(position, markdown.indexOf(first, position));
                blocks.push({ text: token.text, line: markdown.slice(0, position).split("\n").length });
                position += first.length;
            }
            if ("tokens" in token && token.tokens) {
                visit(token.tokens);
            }
            if (token.type === "list") {
                visit(token.items);
            }
        }
    };
    visit(lexer(markdown));
    return blocks;
}

/** The commands of one terminal's content. @throws AnswerError with the line that cannot be executed */
export function stepsIn({ text, line }: Block): Step[] {
    const steps: Step[] = [];
    const lines = text.replaceAll("\r", "").split("\n");
    for (let i = 0; i < lines.length; i++) {
        const [, login, name, directory, sign, first] = prompt.exec(lines[i] ?? "") ?? [];
        if (name === undefined || first === undefined) {
            steps.at(-1)?.output.push(lines[i] ?? "");
            continue;
        }
        const number = line + i;
        const machine = contestantMachines.find((one) => one === name);
        if (!machine) {
            // Output can look like a prompt; the name of another machine cannot.
            if (/^(acme-server|k8s-)/.test(name)) {
                throw new AnswerError(
                    `Line ${number}: contestants cannot log in to ${name}, only to ${contestantMachines.join(" and ")}.`,
                );
            }
            steps.at(-1)?.output.push(lines[i] ?? "");
            continue;
        }
        const following = lines.slice(i + 1);
        const command = commandFrom(first, following) ?? commandFrom(first, following.map(withoutPrompt));
        if (command === undefined) {
            throw new AnswerError(`Line ${number}: the command does not end: ${first}`);
        }
        i += command.length - 1;
        steps.push({
            machine,
            user: login === "root" || sign === "#" ? "root" : "user",
            directory,
            command: command.join("\n"),
            line: number,
            output: [],
        });
    }
    return steps;
}

/** A line without bash's prompt for the continuation of a command. */
function withoutPrompt(line: string): string {
    return line.replace(/^> ?/, "");
}

/**
 * The lines of a command that may continue; undefined when it does not end. A here-document keeps the prompt for the
 * continuation, which may be a part of it.
 */
function commandFrom(first: string, following: string[]): string[] | undefined {
    const command = [first];
    while (!isComplete(command)) {
        const next = following[command.length - 1];
        if (next === undefined) {
            return undefined;
        }
        command.push(isInHereDocument(command) ? next : withoutPrompt(next));
    }
    return command;
}

/** Whether a shell would execute these lines, without waiting for another one. */
function isComplete(lines: string[]): boolean {
    if (isInHereDocument(lines)) {
        return false;
    }
    const text = withoutHereDocuments(lines.join("\n"));
    const plain = withoutQuotes(text);
    return plain !== undefined && !/(^|[^\\])(\\\\)*\\$/.test(text) && !hasOpenConstruct(plain);
}

const hereDocument = /<<(-?)\s*(?:\\|(["']))?([^\s"'\\;&|<>()]+)/g;

function isInHereDocument(lines: string[]): boolean {
    let open: { delimiter: string; tabs: boolean }[] = [];
    for (const line of lines) {
        const [current, ...rest] = open;
        if (current) {
            const content = current.tabs ? line.replace(/^\t+/, "") : line;
            open = content === current.delimiter ? rest : open;
        } else {
            const started = [...withoutOtherOperators(line).matchAll(hereDocument)];
            open = started.map(([, dash, , delimiter = ""]) => ({ delimiter, tabs: dash === "-" }));
        }
    }
    return open.length > 0;
}

/** A line without `<<` that begins no here-document: here-strings, shifts in arithmetic, quoted and commented text. */
function withoutOtherOperators(line: string): string {
    return line
        .replaceAll("<<<", "")
        .replace(/\(\(.*?\)\)/g, "")
        .replace(/(<<-?\s*)?("[^"]*"|'[^']*')/g, (text, operator) => (operator ? text : ""))
        .replace(/(^|\s)#.*/, "");
}

/** A command's text without the contents of here-documents, in which quotes have no meaning for the parser. */
function withoutHereDocuments(text: string): string {
    const lines = text.split("\n");
    return lines.filter((_, i) => i === 0 || !isInHereDocument(lines.slice(0, i))).join("\n");
}

/** A text without quoted and escaped characters and comments; undefined when a quote is open. */
function withoutQuotes(text: string): string | undefined {
    let quote: string | undefined;
    let plain = "";
    for (let i = 0; i < text.length; i++) {
        const character = text[i] ?? "";
        if (character === "\\" && quote !== "'") {
            i++;
        } else if (quote !== undefined) {
            quote = character === quote ? undefined : quote;
        } else if (character === "'" || character === '"') {
            quote = character;
            // It is a word, and not a keyword.
            plain += "_";
        } else if (character === "#" && /(^|\s)$/.test(text.slice(0, i))) {
            const end = text.indexOf("\n", i);
            i = end < 0 ? text.length : end - 1;
        } else {
            plain += character;
        }
    }
    return quote === undefined ? plain : undefined;
}

/** Keywords that begin a construct, with the keyword that ends it. */
const constructs: Record<string, string> = {
    if: "fi",
    case: "esac",
    for: "done",
    while: "done",
    until: "done",
    select: "done",
    "{": "}",
};

/** Keywords after which another command begins. */
const joints = ["do", "then", "else", "elif", "!", "time", ...Object.keys(constructs)];

/** Whether a loop, condition, group or list of commands continues in the next line. @param plain without quotes */
function hasOpenConstruct(plain: string): boolean {
    const tokens = plain.match(/\n|;;|&&|\|\||[;&|()]|[^\s;&|()]+/g) ?? [];
    const open: string[] = [];
    let isCommand = true;
    for (const token of tokens) {
        if (token === "(") {
            open.push(")");
            isCommand = true;
        } else if (token === open.at(-1) && (isCommand || token === ")")) {
            open.pop();
            isCommand = false;
        } else if (/^(\n|;;|&&|\|\||[;&|)])$/.test(token)) {
            isCommand = true;
        } else if (isCommand) {
            const end = constructs[token];
            open.push(...(end ? [end] : []));
            isCommand = joints.includes(token) && !["for", "case", "select"].includes(token);
        }
    }
    return open.length > 0 || /(&&|\|\||\|)\s*$/.test(plain);
}
