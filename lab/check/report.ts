import type { CheckResult } from "./check";
import { exitCodeOf } from "./judge";

/** Characters of a command's output that a report shows: whole trust stores and manifests are evidence, too. */
const shownOutput = 4000;

/** Everything that `lab check` found out. */
export interface Report {
    checks: CheckResult[];
    /** The accepted solutions that are in place. */
    solutions: string[];
    /** Whether the solution outlives a reboot of lb, where that was asked for. */
    persistence?: CheckResult;
}

const verdicts = { 0: "solved", 1: "not solved", 2: "constraint broken" } as const;

/** 0 solved, and surviving a reboot where that was asked for; 1 not; 2 a constraint is broken. */
export function exitCodeOfReport({ checks, persistence }: Report): 0 | 1 | 2 {
    return exitCodeOf(persistence ? [...checks, persistence] : checks);
}

/** A table for people. */
export function reportTable(report: Report): string {
    const { checks, solutions, persistence } = report;
    const rows = [
        ["check", "verdict", "reason"],
        ...[...checks, ...(persistence ? [persistence] : [])].map(({ name, verdict, reason }) => [
            name,
            verdict,
            reason.split("\n")[0] ?? "",
        ]),
    ];
    const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2);
    const seen = solutions.length > 0 ? `; seen: ${solutions.join(", ")}` : "";
    return [
        ...rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("")),
        "",
        `${verdicts[exitCodeOf(checks)]}${seen}`,
    ].join("\n");
}

/** For machines: every check with its evidence; `exitCode` is the command's. */
export function reportJson(report: Report): string {
    const shorten = (text: string) =>
        text.length > shownOutput
            ? `${text.slice(0, shownOutput)}... (${text.length - shownOutput} characters more)`
            : text;
    const shown = (check: CheckResult) => ({
        ...check,
        evidence: check.evidence.map((item) => ({
            ...item,
            stdout: shorten(item.stdout),
            stderr: shorten(item.stderr),
        })),
    });
    return JSON.stringify(
        {
            verdict: verdicts[exitCodeOf(report.checks)],
            exitCode: exitCodeOfReport(report),
            solutions: report.solutions,
            checks: report.checks.map(shown),
            ...(report.persistence ? { persistence: shown(report.persistence) } : {}),
        },
        null,
        2,
    );
}
