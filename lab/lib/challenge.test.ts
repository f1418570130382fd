import { expect, it } from "vitest";
import { parseChallenge } from "./challenge";

it("reads state and reason", () => {
    const status = { state: "pending", reason: "Waiting for HTTP-01 challenge propagation", processing: true };
    expect(parseChallenge({ kind: "Challenge", status })).toEqual({ state: "pending", reason: status.reason });
});

it.each([[{}], [{ status: {} }], [{ status: { state: "", reason: "" } }]])("reads a new challenge: %j", (object) => {
    expect(parseChallenge(object)).toEqual({ state: "new", reason: "no reason yet" });
});
