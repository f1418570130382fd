import type { AddressPlan } from "../../infra/config/address-plan";
import { RefusedError } from "../lib/refused-error";
import { runOnMachine } from "../lib/run-on-machine";
import type { Machines } from "../lib/ssh";
import { DeadlineError, NotYetError, waitFor } from "../lib/wait";
import type { Capture } from "./capture";
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
    /** Receives a line for each step. */
    progress: (message: string) => void;
}

/** One of the requests was not captured: there is nothing to explain. */
export class NothingCapturedError extends RefusedError {}

/** Seconds between two readings of the captures. */
const interval = 5;

/** Reads the two requests from a capture. */
export class RequestReader {
    /** Entries of earlier readings: IPVS forgets a connection that ended. */
    private ipvsEntries = "";

    constructor(
        private readonly machines: Machines,
        private readonly capture: Pick<Capture, "read">,
        private readonly plan: AddressPlan,
        private readonly client: {
            /** cert-manager's pod. */
            pod: Client;
            /** Whether cert-manager sends self checks. */
            pending: boolean;
        },
    ) {}

    get pending(): boolean {
        return this.client.pending;
    }

    async read(): Promise<Partial<Explanation>> {
        this.ipvsEntries += await runOnMachine(this.machines, "lb", "ipvsadm --list --connection --numeric");
        const segments = await this.capture.read();
        const host = { machine: "host", address: this.plan.machines.host } as const;
        return {
            host: requestIn(segments, "host", host, this.ipvsEntries),
            selfCheck: requestIn(
                segments,
                this.client.pending ? "self check" : "substitute",
                this.client.pod,
                this.ipvsEntries,
            ),
        };
    }
}

/**
 * Reads the captures until both requests have a reply. On the broken lab lb sends every second self check back to its
 * node, where there is no reply; such a request counts only at the deadline.
 *
 * @param sendRequest sends the substitute for a self check
 */
export async function capturedRequests(
    reader: Pick<RequestReader, "read" | "pending">,
    sendRequest: () => Promise<unknown>,
    { deadline, progress }: ExplainOptions,
): Promise<Explanation> {
    const selfCheckName = reader.pending
        ? "cert-manager's self check, which it repeats every 10 s"
        : "a request from cert-manager's pod";
    let captured: Partial<Explanation> = {};
    try {
        await waitFor(
            "the replies",
            async () => {
                captured = await reader.read();
                const missing = [
                    ...(replied(captured.host) ? [] : ["a reply to host"]),
                    ...(replied(captured.selfCheck) ? [] : [`a reply to ${selfCheckName}`]),
                ];
                if (missing.length === 0) {
                    return true;
                }
                if (!reader.pending) {
                    await sendRequest();
                }
                throw new NotYetError(missing.join(" and "));
            },
            {
                deadline,
                interval,
                maximumInterval: interval,
                onWait: (missing, left) => progress(`waiting for ${missing}; ${left} s left`),
            },
        );
        progress("captured both replies");
        // The machines' captures are not read at the same instant: the last one may have later packets.
        captured = await reader.read();
    } catch (error) {
        if (!(error instanceof DeadlineError)) {
            throw error;
        }
    }
    const { host, selfCheck } = captured;
    if (!host || !selfCheck) {
        throw new NothingCapturedError(
            `No packet of ${host ? selfCheckName : "the request from host"} was captured within ${deadline} s.`,
        );
    }
    return { host, selfCheck };
}

function replied(request: Request | undefined): boolean {
    return request !== undefined && hasArrived(request.path);
}
