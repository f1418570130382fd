import { unsetFixedCommand } from "../../infra/config/unset-fixed";
import { nameOf, resourcesOf } from "../lib/deployment";
import type { Deployment } from "../lib/pulumi";

/**
 * A state whose resource reset-on-destroy runs the command of this version when it is deleted. Earlier versions ran a script
 * by its path, which no longer exists: their labs could not be destroyed.
 *
 * @returns the same state where nothing is to be changed
 */
export function withCurrentReset(exported: Deployment, stack: string): Deployment {
    const outdated = resourcesOf(exported).find(
        (resource) =>
            resource.type === "command:local:Command" &&
            nameOf(resource) === "reset-on-destroy" &&
            /\/unset-fixed\.sh\b/.test(String(resource.outputs.delete)),
    );
    if (outdated === undefined) {
        return exported;
    }
    const current = { delete: unsetFixedCommand, environment: { PULUMI_STACK: stack } };
    const resources = (exported.deployment.resources as { urn: string; inputs: object; outputs: object }[]).map(
        (one) =>
            one.urn === outdated.urn
                ? { ...one, inputs: { ...one.inputs, ...current }, outputs: { ...one.outputs, ...current } }
                : one,
    );
    return { ...exported, deployment: { ...exported.deployment, resources } };
}
