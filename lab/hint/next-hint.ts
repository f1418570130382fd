import { certificateFault } from "./certificate-fault";
import { type Hint, hint } from "./hint";
import { labFault, silentMachines } from "./lab-fault";
import type { Observation } from "./observation";
import { pathFault } from "./path-fault";
import { missingPersistence } from "./persistence";

/** The next hint for the state that a lab is in. */
export function nextHint(observation: Observation): Hint {
    if ("silent" in observation) {
        return silentMachines(observation.silent);
    }
    if ("apiServerProblem" in observation) {
        return hint("api-server-down", { problem: observation.apiServerProblem });
    }
    return (
        labFault(observation) ??
        pathFault(observation) ??
        certificateFault(observation) ??
        missingPersistence(observation) ??
        hint("solved")
    );
}
