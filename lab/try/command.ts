import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { Cell } from "../cell/cell";
import { runInCell } from "../cell/enter";
import { removeCell } from "../cell/lifetime";
import { outside } from "../cell/outside";
import { verdicts } from "../check/report";
import { cloneLab } from "../clone/command";
import { documentExitCodes } from "../lib/document-exit-codes";
import { unreachableExitCode } from "../lib/exit-codes";
import { print } from "../lib/print";
import { printable } from "../lib/printable";
import { removeStack } from "../lib/pulumi";
import { seconds } from "../lib/seconds";
import { privateDirectory, removePrivateDirectory } from "../lib/ssh";
import { UnreachableError } from "../lib/unreachable-error";
import { withLab } from "../lib/with-lab";
import { AnswerError, parseAnswer } from "./answer";
import {
    answerJson,
    answersJson,
    answerTable,
    csvHeading,
    csvRow,
    type GradedAnswer,
    gradedAnswerSchema,
} from "./graded-answer";
import { type TryOptions, tryAnswer, writeResult } from "./inside";

interface CommandOptions extends TryOptions {
    json?: boolean;
    keep?: boolean;
    name?: string;
    result?: string;
}

/** A written answer. */
interface Answer {
    /** Of its file, without directories. */
    name: string;
    text: string;
}

/** Adds `lab try`, and the hidden command that it runs in the clone's cell. */
export function addTryCommand(program: Command): void {
    const command = withOptions(program.command("try"))
        .description(
            "execute a written answer on a clone of the broken lab and grade it\n" +
                "An answer is a Markdown document with ```console blocks, or lines such as: lb$ sudo true\n" +
                "With a directory, each file is executed on a separate clone; the result is CSV.",
        )
        .addArgument(new Argument("<file>", "an answer, or a directory of answers"))
        .option("--json", "print the result as JSON, with the output of every command")
        .option("--keep", "keep the clone of a single answer")
        .action((path: string, options: CommandOptions) =>
            outside(
                program.opts().stack,
                (source) =>
                    statSync(existing(path)).isDirectory()
                        ? tryDirectory(source, path, options)
                        : tryFile(source, path, options),
                // 1 is a verdict.
                { refused: unreachableExitCode },
            ),
        );
    documentExitCodes(command, {
        0: "solved; with a directory: every answer has a verdict",
        1: "not solved",
        2: "a constraint of the problem is broken",
        3: "the answer cannot be executed, or there is no verdict",
    });
    withOptions(program.command(insideName, { hidden: true }))
        .description("execute a written answer on this lab and grade it")
        .addArgument(new Argument("<file>"))
        .addOption(new Option("--name <name>").makeOptionMandatory())
        .addOption(new Option("--result <file>").makeOptionMandatory())
        .action((file: string, options: CommandOptions) =>
            withLab(program.opts().stack, async (machines, outputs, stack) => {
                const answer = { file: options.name ?? "", steps: parseAnswer(readFileSync(file, "utf8")) };
                const log = (text: string) => void process.stderr.write(text);
                writeResult(options.result ?? "", await tryAnswer({ machines, outputs, stack }, answer, options, log));
                return 0;
            }),
        );
}

/** Runs in the cell of the clone. */
export const insideName = "try-inside";

function withOptions(command: Command): Command {
    return command
        .option("--command-deadline <seconds>", "time for each command of the answer", seconds, 300)
        .option("--deadline <seconds>", "time for all commands of the answer", seconds, 1800)
        .option("--check-deadline <seconds>", "time for the end state to appear afterwards", seconds, 600)
        .option("--points <number>", "points for a solution", points, 80)
        .option("--no-reboot", "do not test whether the solution survives a reboot of lb");
}

/** @throws InvalidArgumentError, which commander reports with the option's name */
export function points(text: string): number {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
        throw new InvalidArgumentError("It must be a number, 0 or more.");
    }
    return value;
}

async function tryFile(source: string, file: string, options: CommandOptions): Promise<number> {
    const answer = await onClone(source, file, options);
    await print(options.json ? answerJson(answer) : answerTable(answer));
    return answer.exitCode;
}

/** An answer that ends with an error does not prevent the others. Ctrl-C does. */
async function tryDirectory(source: string, directory: string, options: CommandOptions): Promise<number> {
    const files = answersIn(directory);
    let interrupted = false;
    const interrupt = () => {
        interrupted = true;
    };
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    // Each row when it is known, so that an interruption loses none.
    const printRow = async (row: string) => (options.json ? undefined : await print(row));
    const answers: GradedAnswer[] = [];
    try {
        await printRow(csvHeading);
        for (const file of files) {
            log(`Answer ${answers.length + 1} of ${files.length}: ${file}`);
            const start = Date.now();
            const answer = await onClone(source, join(directory, file), { ...options, keep: false }).catch(
                (error: unknown) => failed(file, messageOf(error), start),
            );
            answers.push(answer);
            await printRow(csvRow(answer));
            if (interrupted) {
                log(`Interrupted: ${files.length - answers.length} files were not executed`);
                break;
            }
        }
    } finally {
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    }
    if (options.json) {
        await print(answersJson(answers));
    }
    return interrupted || answers.some(({ exitCode }) => exitCode === 3) ? 3 : 0;
}

/** Names of the files in a directory, also of links to files. @throws AnswerError when there is none */
export function answersIn(directory: string): string[] {
    const names = readdirSync(directory)
        .filter((name) => !name.startsWith(".") && !statSync(join(directory, name), optional)?.isDirectory())
        .sort();
    if (names.length === 0) {
        throw new AnswerError(`${directory} contains no answer.`);
    }
    return names;
}

const optional = { throwIfNoEntry: false } as const;

/** Executes an answer on a separate lab. The source's lab is not changed. */
async function onClone(source: string, file: string, options: CommandOptions): Promise<GradedAnswer> {
    const start = Date.now();
    const stack = `try-${randomBytes(4).toString("hex")}`;
    const directory = await privateDirectory();
    // Ctrl-C also ends the processes in the cell; the clone is then removed as usual.
    const ignore = () => log("Removing the clone");
    process.on("SIGINT", ignore);
    process.on("SIGTERM", ignore);
    try {
        const answer = { name: basename(file), text: readAnswer(file) };
        parseAnswer(answer.text);
        return await onStack(source, stack, answer, { directory, options });
    } catch (error) {
        if (!(error instanceof UnreachableError || error instanceof AnswerError)) {
            throw error;
        }
        return failed(file, error.message, start);
    } finally {
        await removePrivateDirectory(directory);
        if (options.keep) {
            log(`The clone remains. Remove it: pulumi destroy --yes --stack ${stack}`);
        } else {
            // A removal that fails does not lose the verdict.
            await removeClone(stack).catch((error: unknown) =>
                log(`The clone remains (${messageOf(error)}). Remove it: pulumi destroy --yes --stack ${stack}`),
            );
        }
        process.off("SIGINT", ignore);
        process.off("SIGTERM", ignore);
    }
}

/** @param directory for files that this process and the one in the clone's cell exchange */
async function onStack(
    source: string,
    stack: string,
    answer: Answer,
    { directory, options }: { directory: string; options: CommandOptions },
): Promise<GradedAnswer> {
    await cloneLab(source, stack, log);
    const cell = Cell.of(stack);
    if (!cell) {
        throw new UnreachableError(
            `The stack ${stack} has no cell. lab try needs one: unset LAB_CELL, pulumi config rm libvirtUri`,
        );
    }
    // The answer itself may be a pipe.
    const file = join(directory, "answer");
    writeFileSync(file, answer.text);
    const result = join(directory, "result.json");
    const exitCode = await runInCell(cell, insideCommand(stack, { name: answer.name, file, result }, options));
    if (!existsSync(result)) {
        throw new UnreachableError(`The command in the clone ended with exit code ${exitCode}, without a verdict`);
    }
    return gradedAnswerSchema.parse(JSON.parse(readFileSync(result, "utf8")));
}

/** Bytes of an answer. */
const maximumLength = 1024 * 1024;

/** @throws AnswerError when the file is not readable or too long */
export function readAnswer(file: string): string {
    const chunk = Buffer.alloc(maximumLength + 1);
    let length = 0;
    try {
        const descriptor = openSync(file, "r");
        try {
            for (let read = -1; read !== 0 && length < chunk.length; length += read) {
                read = readSync(descriptor, chunk, length, chunk.length - length, null);
            }
        } finally {
            closeSync(descriptor);
        }
    } catch (error) {
        throw new AnswerError(`${file} cannot be read: ${messageOf(error)}`);
    }
    if (length > maximumLength) {
        throw new AnswerError(`${file} is longer than 1 MiB, which is not a written answer.`);
    }
    return chunk.toString("utf8", 0, length);
}

/** This program with the hidden command. */
function insideCommand(
    stack: string,
    { name, file, result }: Record<"name" | "file" | "result", string>,
    options: CommandOptions,
): string[] {
    return [
        process.execPath,
        ...process.execArgv,
        process.argv[1] ?? "",
        ...["--stack", stack, insideName, file, `--name=${name}`, "--result", result],
        ...["--command-deadline", `${options.commandDeadline}`, "--deadline", `${options.deadline}`],
        ...["--check-deadline", `${options.checkDeadline}`, "--points", `${options.points}`],
        ...(options.reboot ? [] : ["--no-reboot"]),
    ];
}

/** Removes a clone without an orderly shutdown of its machines. */
async function removeClone(stack: string): Promise<void> {
    const cell = Cell.of(stack);
    await cell?.locked(() => removeCell(cell));
    await removeStack(stack);
}

function failed(file: string, reason: string, start: number): GradedAnswer {
    return {
        file: basename(file),
        exitCode: 3,
        verdict: verdicts[3],
        points: 0,
        solutions: [],
        outcomes: [],
        steps: [],
        skipped: 0,
        seconds: Math.round((Date.now() - start) / 1000),
        failure: reason,
    };
}

/** @throws AnswerError when there is no such file */
function existing(path: string): string {
    if (!existsSync(path)) {
        throw new AnswerError(`There is no file ${path}.`);
    }
    return path;
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** Progress, on standard error. */
function log(line: string): void {
    console.error(printable(line));
}
