import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeadlineError, NotYetError, waitFor } from "./wait";

describe("waitFor", () => {
    beforeEach(() => {
        vi.useFakeTimers();
    });

    afterEach(() => {
        vi.useRealTimers();
    });

    /** Runs all timers until the wait ends; the result, or the error. */
    async function settled<T>(wait: Promise<T>): Promise<T | Error> {
        const result = wait.catch((error: Error) => error);
        await vi.runAllTimersAsync();
        return result;
    }

    it("returns the first result", async () => {
        const attempts = [undefined, false, null, "ready"];
        expect(await settled(waitFor("it", async () => attempts.shift(), { deadline: 60 }))).toBe("ready");
    });

    it("accepts 0 and the empty string as results", async () => {
        expect(await settled(waitFor("it", async () => 0, { deadline: 60 }))).toBe(0);
        expect(await settled(waitFor("it", async () => "", { deadline: 60 }))).toBe("");
    });

    it("names the awaited state, the deadline and the last reason when it times out", async () => {
        const refuse = async () => {
            throw new NotYetError("connection refused");
        };
        expect(await settled(waitFor("lb to respond", refuse, { deadline: 60 }))).toEqual(
            new DeadlineError("Timed out after 60 s waiting for lb to respond: connection refused"),
        );
        expect(await settled(waitFor("lb to respond", async () => false, { deadline: 5 }))).toEqual(
            new DeadlineError("Timed out after 5 s waiting for lb to respond"),
        );
    });

    it("makes one attempt with a deadline of 0", async () => {
        const attempt = vi.fn(async () => false);
        expect(await settled(waitFor("it", attempt, { deadline: 0 }))).toBeInstanceOf(DeadlineError);
        expect(attempt).toHaveBeenCalledTimes(1);
    });

    it("waits longer after each attempt, up to the longest pause", async () => {
        const begun: number[] = [];
        const start = Date.now();
        const attempt = async () => {
            begun.push((Date.now() - start) / 1000);
            return begun.length === 6;
        };
        await settled(waitFor("it", attempt, { deadline: 60, interval: 2, maximumInterval: 4 }));
        expect(begun).toEqual([0, 2, 5, 9, 13, 17]);
    });

    it("reports each failed attempt with the seconds left", async () => {
        const onWait = vi.fn();
        const attempts = ["no route", "no answer"];
        const attempt = async () => {
            const reason = attempts.shift();
            if (reason) {
                throw new NotYetError(reason);
            }
            return true;
        };
        await settled(waitFor("it", attempt, { deadline: 60, onWait }));
        expect(onWait.mock.calls).toEqual([
            ["no route", 60],
            ["no answer", 59],
        ]);
    });

    it("ends at once on any other error", async () => {
        const attempt = vi.fn(async () => {
            throw new Error("broken");
        });
        expect(await settled(waitFor("it", attempt, { deadline: 60 }))).toEqual(new Error("broken"));
        expect(attempt).toHaveBeenCalledTimes(1);
    });

    it("ends when it is aborted", async () => {
        const abort = new AbortController();
        setTimeout(() => abort.abort(new Error("Ctrl-C")), 3000);
        const wait = waitFor("it", async () => false, { deadline: 60, signal: abort.signal });
        expect(await settled(wait)).toEqual(new Error("Ctrl-C"));
    });
});
