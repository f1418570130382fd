import { printable, printableJson } from "../lib/printable";
import { table } from "../lib/table";
import type { Evidence } from "./evidence/evidence";
import { type CheckOutcome, type ExitCode, exitCodeOf } from "./outcome";

/** Characters of a part of the evidence in a report. The bundle has all. */
const shownCharacters = 4000;

/** A verdict and its basis. */
export interface Report {
    outcomes: CheckOutcome[];
    evidence: Evidence;
    /** Names of the solutions that are in place. */
    solutions: string[];
    /** The same after a reboot of lb; undefined without one. */
    afterReboot?: { outcomes: CheckOutcome[]; evidence: Evidence };
}

/** Names of the exit codes. */
export const verdicts: Record<ExitCode, string> = {
    0: "solved",
    1: "not solved",
    2: "constraint broken",
    3: "not evaluated",
};

/** Exit code of `lab check`: with a reboot, both verdicts must be 0. */
export function exitCodeOfReport({ outcomes, afterReboot }: Pick<Report, "outcomes" | "afterReboot">): ExitCode {
    return exitCodeOf([...outcomes, ...(afterReboot?.outcomes ?? [])]);
}

/** The verdict as a table. */
export function reportTable({ outcomes, solutions, afterReboot }: Report): string {
    const seen = solutions.length > 0 ? `; seen: ${solutions.join(", ")}` : "";
    return printable(
        [
            ...rowsOf(outcomes),
            "",
            `${verdicts[exitCodeOf(outcomes)]}${seen}`,
            ...(afterReboot
                ? [
                      "",
                      "After a reboot of lb:",
                      ...rowsOf(afterReboot.outcomes),
                      "",
                      verdicts[exitCodeOf(afterReboot.outcomes)],
                  ]
                : []),
        ].join("\n"),
    );
}

function rowsOf(outcomes: CheckOutcome[]): string[] {
    return table([
        ["check", "verdict", "reason"],
        ...outcomes.map(({ check, verdict, reason }) => [check, verdict, printable(reason).replace(/\s+/g, " ")]),
    ]);
}

/** The verdict as JSON: every check with its evidence; `exitCode` is the command's. */
export function reportJson(report: Report): string {
    const { outcomes, evidence, solutions, afterReboot } = report;
    return printableJson({
        verdict: verdicts[exitCodeOf(outcomes)],
        exitCode: exitCodeOfReport(report),
        solutions,
        when: evidence.when,
        versions: evidence.versions,
        checks: outcomes.map((outcome) => withEvidence(outcome, evidence)),
        ...(afterReboot
            ? {
                  afterReboot: {
                      verdict: verdicts[exitCodeOf(afterReboot.outcomes)],
                      checks: afterReboot.outcomes.map((outcome) => withEvidence(outcome, afterReboot.evidence)),
                  },
              }
            : {}),
    });
}

function withEvidence(outcome: CheckOutcome, evidence: Evidence): object {
    return { ...outcome, evidence: outcome.evidence.map((part) => ({ part, ...partOf(part, evidence) })) };
}

/** A part of the evidence, by its name in an outcome. */
function partOf(part: string, { machines, cluster, authority, selfCheck }: Evidence): object {
    const [source, section = ""] = part.split("/");
    switch (source) {
        case "cluster":
            return {
                when: cluster.when,
                text: shorten(
                    section === "protected"
                        ? cluster.protectedObjects.filter(
                              ({ differences, live, built }) => differences.length > 0 || live?.uid !== built?.uid,
                          )
                        : cluster.objects.filter(({ kind }) => kind === section),
                ),
            };
        case "authority":
            return { text: shorten(authority) };
        case "self-check":
            return { text: shorten(selfCheck) };
        default: {
            const machine = machines[source as keyof typeof machines];
            const output = machine?.sections[section];
            return output
                ? { when: machine?.when, exitCode: output.exitCode, text: shorten(output.text) }
                : { when: machine?.when, failure: machine?.failure ?? "not examined" };
        }
    }
}

function shorten(value: unknown): string {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length > shownCharacters
        ? `${text.slice(0, shownCharacters)}... (${text.length - shownCharacters} characters more)`
        : text;
}
