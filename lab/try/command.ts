import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Argument, type Command, Option } from "commander";
import { Cell } from "../cell/cell";
import { runInCell } from "../cell/enter";
import { removeCell } from "../cell/lifetime";
import { outside } from "../cell/outside";
import { verdicts } from "../check/report";
import { cloneLab } from "../clone/command";
import { documentExitCodes } from "../lib/document-exit-codes";
import { print } from "../lib/print";
import { printable } from "../lib/printable";
import { removeStack } from "../lib/pulumi";
import { seconds } from "../lib/seconds";
import { privateDirectory, removePrivateDirectory } from "../lib/ssh";
import { UnreachableError } from "../lib/unreachable-error";
import { withLab } from "../lib/with-lab";
import { AnswerError, parseAnswer } from "./answer";
import { answerJson, answersCsv, answerTable, type GradedAnswer, gradedAnswerSchema } from "./graded-answer";
import { type TryOptions, tryAnswer, writeResult } from "./inside";

interface CommandOptions extends TryOptions {
    json?: boolean;
    keep?: boolean;
    result?: string;
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
            outside(program.opts().stack, (source) =>
                statSync(existing(path)).isDirectory()
                    ? tryDirectory(source, path, options)
                    : tryFile(source, path, options),
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
        .addOption(new Option("--result <file>").makeOptionMandatory())
        .action((file: string, options: CommandOptions) =>
            withLab(program.opts().stack, async (machines, outputs, stack) => {
                const answer = { file: basename(file), steps: parseAnswer(readFileSync(file, "utf8")) };
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
        .option("--points <number>", "points for a solution", Number, 80)
        .option("--no-reboot", "do not test whether the solution survives a reboot of lb");
}

async function tryFile(source: string, file: string, options: CommandOptions): Promise<number> {
    const answer = await onClone(source, file, options);
    await print(options.json ? answerJson(answer) : answerTable(answer));
    return answer.exitCode;
}

async function tryDirectory(source: string, directory: string, options: CommandOptions): Promise<number> {
    const files = readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
        .map((entry) => entry.name)
        .sort();
    const answers: GradedAnswer[] = [];
    for (const file of files) {
        log(`Answer ${answers.length + 1} of ${files.length}: ${file}`);
        answers.push(await onClone(source, join(directory, file), { ...options, keep: false }));
    }
    await print(options.json ? JSON.stringify(answers) : answersCsv(answers));
    return answers.some(({ exitCode }) => exitCode === 3) ? 3 : 0;
}

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
        parseAnswer(readFileSync(file, "utf8"));
        await cloneLab(source, stack, log);
        const cell = Cell.of(stack);
        if (!cell) {
            throw new UnreachableError(
                `The stack ${stack} has no cell. lab try needs one: unset LAB_CELL, pulumi config rm libvirtUri`,
            );
        }
        const result = join(directory, "result.json");
        const exitCode = await runInCell(cell, insideCommand(stack, file, result, options));
        if (!existsSync(result)) {
            throw new UnreachableError(`The command in the clone ended with exit code ${exitCode}, without a verdict`);
        }
        return gradedAnswerSchema.parse(JSON.parse(readFileSync(result, "utf8")));
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
            await removeClone(stack);
        }
        process.off("SIGINT", ignore);
        process.off("SIGTERM", ignore);
    }
}

/** This program with the hidden command. */
function insideCommand(stack: string, file: string, result: string, options: CommandOptions): string[] {
    return [
        process.execPath,
        ...process.execArgv,
        process.argv[1] ?? "",
        ...["--stack", stack, insideName, file, "--result", result],
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

/** Progress, on standard error. */
function log(line: string): void {
    console.error(printable(line));
}
