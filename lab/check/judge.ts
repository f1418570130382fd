/** What a check says: the end state is reached, is not reached yet, or a constraint of the problem is broken. */
export type Verdict = "pass" | "unsolved" | "constraint broken";

export interface Judgement {
    verdict: Verdict;
    /** Why, in a line. */
    reason: string;
}

export const pass = (reason: string): Judgement => ({ verdict: "pass", reason });
export const unsolved = (reason: string): Judgement => ({ verdict: "unsolved", reason });
export const broken = (reason: string): Judgement => ({ verdict: "constraint broken", reason });

/** The exit code of `lab check`: 0 solved, 1 not solved, 2 a constraint is broken, whatever else is true. */
export function exitCodeOf(judgements: Judgement[]): 0 | 1 | 2 {
    if (judgements.some(({ verdict }) => verdict === "constraint broken")) {
        return 2;
    }
    return judgements.every(({ verdict }) => verdict === "pass") ? 0 : 1;
}
