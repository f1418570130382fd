import type { Machines } from "../lib/ssh";
import type { LabStack, Stack } from "../lib/stack";
import { DeadlineError, NotYetError, waitFor } from "../lib/wait";
import { evaluate } from "./evaluate";
import type { Evidence } from "./evidence/evidence";
import { gather } from "./evidence/gather";
import { type CheckOutcome, isFinal } from "./outcome";

/** The evidence of one examination, and its outcomes. */
export interface LabCheck {
    evidence: Evidence;
    outcomes: CheckOutcome[];
}

/** Seconds between two examinations. */
const interval = 5;

/**
 * Examines a lab once.
 *
 * @param stack has the objects' identities as built; without it an object that was created again is not detected
 */
export async function checkOnce(
    machines: Machines,
    outputs: LabStack,
    stack?: Pick<Stack, "deployment">,
): Promise<LabCheck> {
    const evidence = await gather(machines, outputs, { stack });
    return { evidence, outcomes: evaluate(evidence) };
}

/**
 * Examines a lab until it is solved, a constraint is certainly broken, or the deadline is over.
 *
 * @param deadline seconds; 0 examines once
 * @param log receives the open checks
 */
export async function checkUntil(
    machines: Machines,
    { outputs, stack, deadline }: { outputs: LabStack; stack: Pick<Stack, "deployment">; deadline: number },
    log: (line: string) => void,
): Promise<LabCheck> {
    let last: LabCheck | undefined;
    const attempt = async () => {
        last = await checkOnce(machines, outputs, stack);
        if (isFinal(last.outcomes)) {
            return last;
        }
        const open = last.outcomes.filter(({ verdict }) => verdict !== "pass").map(({ check }) => check);
        throw new NotYetError(open.join(", "));
    };
    try {
        return await waitFor("the end state", attempt, {
            deadline,
            interval,
            maximumInterval: interval,
            onWait: (open, left) => log(`Not solved yet (${open}); ${left} s left`),
        });
    } catch (error) {
        if (error instanceof DeadlineError && last) {
            return last;
        }
        throw error;
    }
}
