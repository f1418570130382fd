import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Cell } from "../cell/cell";
import { CommandError } from "../cell/run";
import { awaitSymptom } from "./symptom";

const outputs = vi.hoisted(() => [] as (string | Error)[]);
vi.mock("../cell/namespaces", () => ({ inCell: (_: unknown, command: string[]) => command }));
vi.mock("../cell/run", async (original) => ({
    ...(await original<typeof import("../cell/run")>()),
    succeed: async () => {
        const output = outputs.length > 1 ? outputs.shift() : outputs[0];
        if (output instanceof Error) {
            throw output;
        }
        return output;
    },
}));

const status = (...reasons: string[]) =>
    JSON.stringify({ challenges: { value: reasons.map((reason) => ({ reason })) } });
const symptom = status("Waiting for HTTP-01 challenge propagation: failed to perform self check GET request");

/** Awaits the symptom while the clock of timers runs ahead. */
async function untilDone(): Promise<void> {
    const waiting = awaitSymptom({ id: "dev-1" } as Cell, "dev");
    const settled = waiting.then(
        () => true,
        () => true,
    );
    while (!(await Promise.race([settled, vi.advanceTimersByTimeAsync(1000).then(() => false)]))) {}
    await waiting;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits until the challenge shows it, also while lab status fails", async () => {
    outputs.splice(0, outputs.length, new CommandError("lab status: ssh failed"), status(), status("pending"), symptom);
    await untilDone();
    expect(outputs).toEqual([symptom]);
});

it("names the last failure after the deadline", async () => {
    outputs.splice(0, outputs.length, new CommandError("lab status: ssh failed"));
    await expect(untilDone()).rejects.toThrow(
        "Timed out after 300 s waiting for the challenge to show the failed self check: lab status: ssh failed",
    );
});
