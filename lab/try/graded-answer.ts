import { z } from "zod";
import { printable, printableJson, printableLine } from "../lib/printable";
import { table } from "../lib/table";

const outcomeSchema = z.object({ check: z.string(), verdict: z.string(), reason: z.string() });

const stepSchema = z.object({
    machine: z.string(),
    user: z.string(),
    command: z.string(),
    line: z.number(),
    exitCode: z.number().optional(),
    ended: z.string(),
    output: z.string(),
    seconds: z.number(),
});

/** An executed answer with its verdict. */
export const gradedAnswerSchema = z.object({
    file: z.string(),
    /** Exit code of `lab check` after the answer; 3 also when the answer cannot be executed. */
    exitCode: z.number(),
    verdict: z.string(),
    /** Points for the executable part. */
    points: z.number(),
    /** Whether the solution survives a reboot of lb; undefined when that was not tested. */
    survivesReboot: z.boolean().optional(),
    solutions: z.array(z.string()),
    outcomes: z.array(outcomeSchema),
    /** Commands that were executed. */
    steps: z.array(stepSchema),
    /** Number of commands that were not executed, because the deadline was over. */
    skipped: z.number(),
    seconds: z.number(),
    /** Reason why there is no verdict. */
    failure: z.string().optional(),
});

export type GradedAnswer = z.output<typeof gradedAnswerSchema>;

/** Verdict and transcript as text. */
export function answerTable({
    file,
    verdict,
    points,
    survivesReboot,
    solutions,
    outcomes,
    steps,
    skipped,
    failure,
}: GradedAnswer): string {
    const open = outcomes.filter((outcome) => outcome.verdict !== "pass");
    const reboot =
        survivesReboot === undefined ? "" : `; ${survivesReboot ? "survives" : "does not survive"} a reboot of lb`;
    return printable(
        [
            ...table([
                ["line", "machine", "user", "command", "result", "seconds"],
                ...steps.map(({ line, machine, user, command, exitCode, ended, seconds }) => [
                    `${line}`,
                    machine,
                    user,
                    printableLine(command, 60),
                    exitCode === undefined ? ended : `exit code ${exitCode}`,
                    seconds.toFixed(1),
                ]),
            ]),
            ...(skipped > 0 ? [`${skipped} commands were not executed: the deadline was over`] : []),
            "",
            ...(open.length > 0
                ? [...table(open.map((outcome) => [outcome.check, outcome.verdict, printableLine(outcome.reason)])), ""]
                : []),
            `${file}: ${failure ?? verdict}${solutions.length > 0 ? `; seen: ${solutions.join(", ")}` : ""}${reboot}`,
            `Points for the executable part: ${points}`,
        ].join("\n"),
    );
}

export function answerJson(answer: GradedAnswer): string {
    return printableJson(answer);
}

export function answersJson(answers: readonly GradedAnswer[]): string {
    return printableJson(answers);
}

const columns = ["file", "verdict", "exit_code", "points", "survives_reboot", "solutions", "reason", "seconds"];

/** The heading of the lines of {@link csvRow}, RFC 4180. */
export const csvHeading = csvLine(columns);

/** An answer's line. */
export function csvRow(answer: GradedAnswer): string {
    return csvLine(rowOf(answer));
}

function csvLine(fields: string[]): string {
    return fields.map(csvField).join(",");
}

function rowOf({
    file,
    verdict,
    exitCode,
    points,
    survivesReboot,
    solutions,
    outcomes,
    seconds,
    failure,
}: GradedAnswer): string[] {
    const open = outcomes.filter((outcome) => outcome.verdict !== "pass");
    const [decisive] = [...open.filter((outcome) => outcome.verdict === "constraint broken"), ...open];
    return [
        file,
        verdict,
        `${exitCode}`,
        `${points}`,
        survivesReboot === undefined ? "" : `${survivesReboot}`,
        solutions.join("; "),
        failure ?? (decisive ? `${decisive.check}: ${decisive.reason}` : ""),
        `${seconds}`,
    ];
}

/** A field in quotes. Spreadsheets execute a field that begins like a formula; a leading space prevents it. */
function csvField(text: string): string {
    const line = printableLine(text, 1000);
    return `"${/^[=+\-@\t]/.test(line) ? ` ${line}` : line}"`.replace(/(?<!^)"(?!$)/g, '""');
}
