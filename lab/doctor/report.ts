import type { Accelerator } from "../../infra/preflight/accelerator.ts";
import type { CheckReport, Hypervisor } from "../../infra/preflight/check.ts";

/** All results of one run. */
export interface DoctorReport {
    stack: string;
    hypervisor: Hypervisor;
    /** The accelerator of a new lab; null when it is not decided yet. */
    accelerator: Accelerator | null;
    /** Whether the lab can be built: no check has failed. */
    ready: boolean;
    checks: CheckReport[];
}

/**
 * A table with a row for each check, and a line with the remedy below the rows that need one.
 *
 * @param quiet only warnings and failures; the empty string when there are none
 */
export function table({ checks, ready }: DoctorReport, quiet = false): string {
    const width = Math.max(...checks.map(({ name }) => name.length));
    const rows = checks
        .filter(({ remedy }) => !quiet || remedy !== undefined)
        .flatMap(({ name, state, detail, remedy }) => [
            `${name.padEnd(width)}  ${state.padEnd(7)}  ${detail}`,
            ...(remedy === undefined ? [] : [`${" ".repeat(width)}  fix:     ${remedy}`]),
        ]);
    const count = checks.filter(({ state }) => state === "fail").length;
    const summary = ready
        ? "The lab can be built here."
        : `The lab cannot be built here: ${count === 1 ? "1 check has" : `${count} checks have`} failed. Nothing was changed.`;
    return [...rows, ...(quiet && ready ? [] : [summary])].join("\n");
}
