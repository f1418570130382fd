import pRetry from "p-retry";
import { UnreachableError } from "./unreachable-error";

export interface WaitOptions {
    /** Seconds after which no further attempt begins; 0 makes one attempt. */
    deadline: number;
    /** Seconds between the first two attempts, at most half as long again after each attempt; default 1. */
    interval?: number;
    /** The longest pause in seconds; default 10. */
    maximumInterval?: number;
    /** Called after each failed attempt, with the reason and the seconds left. */
    onWait?: (reason: string, secondsLeft: number) => void;
    /** Ends the wait early; the wait rejects with the signal's reason. */
    signal?: AbortSignal;
}

/** The awaited state is not reached yet; `message` is the reason that {@link waitFor} reports. */
export class NotYetError extends Error {}

/** The awaited state was not reached before the deadline. */
export class DeadlineError extends UnreachableError {}

/**
 * Repeats an attempt until it returns something other than false, null and undefined.
 *
 * @param what the awaited state, for the message: "k8s-master to respond"
 * @param attempt throws {@link NotYetError} to name a reason; any other error ends the wait
 * @returns the result of the last attempt
 * @throws DeadlineError that names `what` and the last reason
 */
export async function waitFor<T>(
    what: string,
    attempt: () => Promise<T | false | null | undefined>,
    options: WaitOptions,
): Promise<T> {
    const { deadline, interval = 1, maximumInterval = 10, onWait, signal } = options;
    const end = Date.now() + deadline * 1000;
    try {
        return await pRetry(
            async () => {
                const result = await attempt();
                if (result === false || result === null || result === undefined) {
                    throw new NotYetError();
                }
                return result;
            },
            {
                retries: Number.POSITIVE_INFINITY,
                maxRetryTime: deadline * 1000,
                minTimeout: interval * 1000,
                maxTimeout: Math.max(interval, maximumInterval) * 1000,
                factor: 1.5,
                signal,
                shouldRetry: ({ error }) => error instanceof NotYetError,
                onFailedAttempt: ({ error }) => {
                    if (error instanceof NotYetError) {
                        onWait?.(error.message, Math.max(0, Math.ceil((end - Date.now()) / 1000)));
                    }
                },
            },
        );
    } catch (error) {
        if (!(error instanceof NotYetError)) {
            throw error;
        }
        throw new DeadlineError(
            `Timed out after ${deadline} s waiting for ${what}${error.message && `: ${error.message}`}`,
        );
    }
}
