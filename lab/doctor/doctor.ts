import { chooseAccelerator } from "../../infra/preflight/accelerator.ts";
import { administrator } from "../../infra/preflight/administrator.ts";
import { runChecks } from "../../infra/preflight/check.ts";
import { allChecks } from "../../infra/preflight/checks/index.ts";
import { stepsOfRoot } from "../../infra/preflight/checks/root-rights.ts";
import type { HostFacts } from "../../infra/preflight/host-facts.ts";
import { Inspection } from "../../infra/preflight/inspection.ts";
import { contextOf, selectedStack } from "./context.ts";
import type { DoctorReport } from "./report.ts";
import { settings } from "./settings-check.ts";

/** A report, and whether `make up` needs a password for sudo. */
export interface Examination {
    report: DoctorReport;
    needsPassword: boolean;
}

/**
 * Checks every precondition of `make up` and of the stack's lab. Changes nothing.
 *
 * @param stack default: the selected one
 * @param root the repository's root
 */
export async function examine(host: HostFacts, root: string, stack?: string): Promise<Examination> {
    const name = stack ?? (await selectedStack(host));
    const inspection = new Inspection(host, contextOf(name, root, host));
    try {
        const checks = await runChecks([settings(name), ...allChecks], inspection);
        const { kind } = await administrator(inspection);
        return {
            report: {
                stack: name,
                hypervisor: inspection.context.hypervisor,
                accelerator: (await chooseAccelerator(inspection)) ?? null,
                ready: checks.every(({ state }) => state !== "fail"),
                checks,
            },
            needsPassword: kind === "sudo with a password" && (await stepsOfRoot(inspection)).length > 0,
        };
    } finally {
        await inspection.close();
    }
}
