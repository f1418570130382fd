/**
 * Result of a check: the end state is reached, not yet reached, a constraint of the problem is broken, or the evidence is
 * missing.
 */
export type Verdict = "pass" | "unsolved" | "constraint broken" | "not evaluated";

export interface CheckOutcome {
    /** Name of the check. */
    check: string;
    verdict: Verdict;
    /** One sentence. May contain text of a machine. */
    reason: string;
    /** Whether the verdict can change without a change of the lab: for example a pod starts, or keepalived restarts. */
    transient: boolean;
    /** The parts of the evidence that it depends on, as `machine/section` or `cluster/kind`. */
    evidence: string[];
}

export type Finding = Pick<CheckOutcome, "verdict" | "reason" | "transient">;

export const pass = (reason: string): Finding => ({ verdict: "pass", reason, transient: false });
export const unsolved = (reason: string): Finding => ({ verdict: "unsolved", reason, transient: true });
export const notEvaluated = (reason: string): Finding => ({ verdict: "not evaluated", reason, transient: true });
export const broken = (reason: string): Finding => ({ verdict: "constraint broken", reason, transient: false });
/** A broken constraint that may be transient: for example keepalived restarts. */
export const brokenForNow = (reason: string): Finding => ({ ...broken(reason), transient: true });

/** Exit code of `lab check`: 0 solved, 1 not solved, 2 a constraint is broken, 3 evidence is missing. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A broken constraint has precedence over missing evidence, and missing evidence over an end state that is not reached. */
export function exitCodeOf(findings: Pick<Finding, "verdict">[]): ExitCode {
    const has = (verdict: Verdict) => findings.some((finding) => finding.verdict === verdict);
    return has("constraint broken") ? 2 : has("not evaluated") ? 3 : has("unsolved") ? 1 : 0;
}

/** Whether a repeated check cannot change the exit code. */
export function isFinal(findings: Pick<Finding, "verdict" | "transient">[]): boolean {
    return (
        exitCodeOf(findings) === 0 ||
        findings.some(({ verdict, transient }) => verdict === "constraint broken" && !transient)
    );
}
