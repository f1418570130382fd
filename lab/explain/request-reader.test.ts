import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UnreachableError } from "../lib/unreachable-error";
import { brokenLab, brokenLabWithDrop } from "./fixtures/captures";
import { capturedRequests, type Explanation, NothingCapturedError } from "./request-reader";

describe("capturedRequests", () => {
    const progress: string[] = [];

    beforeEach(() => {
        vi.useFakeTimers();
        progress.length = 0;
    });

    afterEach(() => {
        vi.useRealTimers();
    });

    /** Waits for requests in these readings, the last of which repeats. */
    async function captured(
        readings: Partial<Explanation>[],
        { pending = true, sendRequest = vi.fn(async () => {}) } = {},
    ): Promise<Explanation | Error> {
        const read = async () => (readings.length > 1 ? readings.shift() : readings[0]) ?? {};
        const options = { deadline: 60, progress: (message: string) => progress.push(message) };
        const wait = capturedRequests({ read, pending }, sendRequest, options).catch((error: Error) => error);
        await vi.runAllTimersAsync();
        return wait;
    }

    it("returns when both requests have a reply", async () => {
        const lab = brokenLab();
        expect(await captured([{}, { host: lab.host }, lab])).toEqual(lab);
        expect(progress).toEqual([
            expect.stringMatching(
                /^waiting for a reply to host and a reply to cert-manager's self check.*; 60 s left$/,
            ),
            expect.stringMatching(/^waiting for a reply to cert-manager's self check.*; 55 s left$/),
            "captured both replies",
        ]);
    });

    it("returns a self check without a reply at the deadline only", async () => {
        const start = Date.now();
        expect(await captured([brokenLabWithDrop()])).toEqual(brokenLabWithDrop());
        expect(Date.now() - start).toBeGreaterThanOrEqual(60_000);
    });

    it("sends the substitute while no challenge is pending", async () => {
        const sendRequest = vi.fn(async () => {});
        await captured([{}, {}, brokenLab()], { pending: false, sendRequest });
        expect(sendRequest).toHaveBeenCalledTimes(2);
    });

    it("names the request that was not captured", async () => {
        const lab = brokenLab();
        const failure = await captured([{ host: lab.host }]);
        expect(failure).toBeInstanceOf(NothingCapturedError);
        expect(failure).toMatchObject({ message: expect.stringContaining("No packet of cert-manager's self check") });
        expect(await captured([{ selfCheck: lab.selfCheck }])).toMatchObject({
            message: "No packet of the request from host was captured within 60 s.",
        });
    });

    it("fails when a machine does not respond", async () => {
        const read = async () => {
            throw new UnreachableError("lb");
        };
        const options = { deadline: 60, progress: () => {} };
        await expect(capturedRequests({ read, pending: true }, async () => {}, options)).rejects.toThrow(
            UnreachableError,
        );
    });
});
