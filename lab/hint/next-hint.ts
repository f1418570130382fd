import { certificateFault } from "./certificate-fault";
import type { Facts, LabFacts } from "./facts";
import { type Hint, hint } from "./hint";
import { labFault, silentMachines } from "./lab-fault";
import { pathFault } from "./path-fault";
import { missingPersistence } from "./persistence";

/** The next hint for a lab. The same facts have the same hint. */
export function nextHint(facts: Facts): Hint {
    if ("silent" in facts) {
        return silentMachines(facts.silent);
    }
    if ("apiServerFailure" in facts) {
        return hint("api-server-down", { reason: facts.apiServerFailure });
    }
    const { examinationFailure: failure, brokenConstraint } = facts;
    if (failure !== undefined && brokenConstraint === undefined) {
        // The other hints would describe what is missing as a state of the lab.
        return hint("not-evaluated", { check: failure.name, reason: failure.reason });
    }
    return (
        labFault(facts) ??
        (facts.selfCheck.requests.length === 0 ? openCheck(facts) : undefined) ??
        pathFault(facts) ??
        certificateFault(facts) ??
        openCheck(facts) ??
        missingPersistence(facts) ??
        hint("solved")
    );
}

/** A check that does not pass; undefined when all do: only then the lab is solved. */
function openCheck({ notEvaluated, unsolved }: LabFacts): Hint | undefined {
    if (notEvaluated) {
        return hint("not-evaluated", { check: notEvaluated.name, reason: notEvaluated.reason });
    }
    return unsolved && hint("check-unsolved", { check: unsolved.name, reason: unsolved.reason });
}
