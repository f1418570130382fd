import { setTimeout } from "node:timers/promises";
import { workerNames } from "../../infra/config/address-plan";
import { kubectl } from "../lib/kubectl";
import { locateCertManager, requestFromCertManager } from "../lib/self-check";
import type { Machines } from "../lib/ssh";
import type { LabStack } from "../lib/stack";
import { ask } from "./ask";
import { Capture } from "./capture";
import { type Client, hasArrived } from "./path";
import { type Request, requestIn } from "./request";

/** The two requests that are compared. */
export interface Explanation {
    host: Request;
    selfCheck: Request;
}

export interface ExplainOptions {
    /** Seconds to wait for the packets. */
    deadline: number;
    /** Told what is being done or waited for. */
    progress: (message: string) => void;
}

/** There is nothing to explain: what was waited for was not seen. */
export class NothingSeenError extends Error {}

/** Seconds between two looks at the captures. */
const lookDelay = 5;

/** Seconds that a capture may outlive the deadline by, for a slow machine's last look. */
const grace = 300;

/**
 * Captures a request from host and a self check from cert-manager's pod. While a challenge is pending cert-manager
 * checks by itself; without one, the same request is made from the pod's network namespace.
 *
 * @throws NothingSeenError when one of the two was not seen before the deadline
 * @throws UnreachableError when a machine does not answer
 */
export async function explain(machines: Machines, stack: LabStack, options: ExplainOptions): Promise<Explanation> {
    const { deadline, progress } = options;
    progress("looking for cert-manager's pod and its challenge");
    const states = await ask(
        machines,
        "k8s-master",
        `${kubectl} get challenges --all-namespaces --output jsonpath='{.items[*].status.state}'`,
    );
    const { machine, address, answer } = await locateCertManager(machines, stack);
    if (!machine) {
        throw new NothingSeenError(`There is no self check to see: no worker runs cert-manager. ${answer.stderr}`);
    }
    const names = ["lb", "host", ...workerNames] as const;
    progress(`starting tcpdump on ${names.join(", ")}`);
    const capture = await Capture.start(machines, names, deadline + grace);
    try {
        progress("host asks for the site");
        const site = `http://www.${stack.domain}/`;
        await ask(machines, "host", `curl --silent --output /dev/null --max-time 20 ${site} || true`);
        return await watch(machines, stack, capture, {
            ...options,
            pod: { machine, address },
            pending: states.split(" ").includes("pending"),
        });
    } finally {
        await capture.stop();
    }
}

interface WatchOptions extends ExplainOptions {
    pod: Client;
    /** Whether cert-manager has a challenge to check. */
    pending: boolean;
}

/**
 * Looks at the captures until both requests were answered. On the broken lab every second self check is sent back to
 * the node that it came from, where it ends unanswered; such a one is taken only when the deadline is over.
 */
async function watch(
    machines: Machines,
    stack: LabStack,
    capture: Capture,
    { deadline, progress, pod, pending }: WatchOptions,
): Promise<Explanation> {
    const end = Date.now() + deadline * 1000;
    const selfCheckName = pending
        ? "cert-manager's self check (repeated every 10 s while the challenge is pending)"
        : "a request from cert-manager's pod (no challenge is pending, so lab explain makes it)";
    let ipvsEntries = "";
    for (let complete = false; ; ) {
        ipvsEntries += await ask(machines, "lb", "ipvsadm --list --connection --numeric");
        const sightings = await capture.read();
        const host = requestIn(sightings, "host", { machine: "host", address: stack.machines.host }, ipvsEntries);
        const selfCheck = requestIn(sightings, pending ? "self check" : "stand-in", pod, ipvsEntries);
        const left = Math.ceil((end - Date.now()) / 1000);
        if (host && selfCheck && (complete || left <= 0)) {
            return { host, selfCheck };
        }
        if (left <= 0) {
            throw new NothingSeenError(
                `In ${deadline} s no packet was seen of ${host ? selfCheckName : "host's request"}.`,
            );
        }
        // Looked at once more when complete: the machines are not read at the same instant.
        complete = [host, selfCheck].every((request) => request && hasArrived(request.path));
        if (complete) {
            progress("both answers seen");
        } else {
            const waitsFor = host && hasArrived(host.path) ? selfCheckName : "an answer to host";
            progress(`waiting for ${waitsFor}${selfCheck ? ", none answered yet" : ""}; ${left} s left`);
            if (!pending) {
                await requestFromCertManager(machines, stack);
            }
        }
        await setTimeout(lookDelay * 1000);
    }
}
