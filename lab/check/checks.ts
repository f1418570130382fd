import { addressPlan } from "../../infra/config/address-plan";
import { Cluster } from "../lib/kubernetes-api";
import type { Machines } from "../lib/ssh";
import { type LabStack, UnreachableError } from "../lib/stack";
import { certificate } from "./certificate";
import { type Check, type CheckResult, runCheck } from "./check";
import { hostSurroundings } from "./host";
import { issuance } from "./issuance";
import { keepalived } from "./keepalived";
import { manifestsOnHost } from "./manifests";
import { deployedObjects } from "./objects";
import { pageOnHost, pageThroughVip } from "./page";

/** Every check, in the order in which they are shown: first the end state, then the constraints. */
export const checks: readonly Check[] = [
    pageOnHost,
    pageThroughVip,
    certificate,
    issuance,
    hostSurroundings,
    keepalived,
    manifestsOnHost,
    deployedObjects,
];

/**
 * Runs every check once, side by side.
 *
 * @throws UnreachableError when a machine does not answer
 */
export async function runChecks(machines: Machines, stack: LabStack): Promise<CheckResult[]> {
    const root = await machines.run("acme-server", "cat /var/lib/step-ca/root_ca.crt");
    if (root.exitCode !== 0) {
        throw new UnreachableError(
            `acme-server does not give its root certificate: ${root.stderr || "no answer in time"}`,
        );
    }
    const known = { plan: addressPlan(stack.network), rootCertificate: root.stdout };
    const cluster = new Cluster(stack.kubeconfig);
    try {
        return await Promise.all(checks.map((check) => runCheck(check, { machines, cluster }, known)));
    } finally {
        cluster.close();
    }
}
