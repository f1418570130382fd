import { addressPlan, domain, workerNames } from "../../infra/config/address-plan";
import { challengeKind, parseChallenge } from "../lib/challenge";
import { allNamespaces, Cluster } from "../lib/kubernetes-api";
import { runOnMachine } from "../lib/run-on-machine";
import { locateCertManager, requestFromCertManager } from "../lib/self-check";
import type { Machines } from "../lib/ssh";
import type { LabStack } from "../lib/stack";
import { Capture } from "./capture";
import {
    capturedRequests,
    type ExplainOptions,
    type Explanation,
    NothingCapturedError,
    RequestReader,
} from "./request-reader";

/** Seconds that a capture may last after the deadline, for the last reading of a slow machine. */
const grace = 300;

/**
 * Captures a request from host and a self check from cert-manager's pod. While a challenge is pending, cert-manager sends
 * self checks; otherwise this command sends the same request from the pod's network namespace.
 *
 * @throws NothingCapturedError when one of the two was not captured before the deadline
 * @throws UnreachableError when a machine does not respond
 */
export async function explain(machines: Machines, stack: LabStack, options: ExplainOptions): Promise<Explanation> {
    const { deadline, progress } = options;
    progress("finding cert-manager's pod and its challenge");
    const pending = await isChallengePending(stack.kubeconfig);
    const { machine, address } = await locateCertManager(machines, stack);
    if (!machine) {
        throw new NothingCapturedError("There is no self check: cert-manager's controller runs on no worker.");
    }
    const names = ["lb", "host", ...workerNames] as const;
    progress(`starting tcpdump on ${names.join(", ")}`);
    const capture = await Capture.start(machines, names, deadline + grace);
    try {
        progress("sending a request from host");
        const site = `http://www.${domain}/`;
        await runOnMachine(machines, "host", `curl --silent --output /dev/null --max-time 20 ${site} || true`);
        const reader = new RequestReader(machines, capture, addressPlan(stack.network), {
            pod: { machine, address },
            pending,
        });
        return await capturedRequests(reader, () => requestFromCertManager(machines, stack), options);
    } finally {
        await capture.stop();
    }
}

/** Whether cert-manager sends self checks. @throws UnreachableError when the API server does not respond */
async function isChallengePending(kubeconfig: string): Promise<boolean> {
    const cluster = new Cluster(kubeconfig);
    try {
        const challenges = await cluster.list(challengeKind, allNamespaces);
        return challenges.map(parseChallenge).some(({ state }) => state === "pending");
    } finally {
        cluster.close();
    }
}
