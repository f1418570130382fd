import { expect, it } from "vitest";
import { noMarkerFailure } from "../check/evidence/evidence";
import { solvedEvidence } from "../check/evidence/sample";
import { factsOf } from "./facts";
import { nextHint } from "./next-hint";

const hintFor = (machine: "lb" | "host", failure: string, sections = {}) => {
    const evidence = solvedEvidence();
    evidence.machines[machine] = { when: "", failure, sections };
    return nextHint(factsOf(evidence));
};

it("names a machine that does not respond", () => {
    expect(hintFor("host", "no response in time")).toEqual({ name: "machines-silent", details: { machines: "host" } });
});

it.each(["lb", "host"] as const)("does not describe a state of %s that was not examined", (machine) => {
    for (const sections of [{}, { boot: { exitCode: 0, text: "", truncated: false } }]) {
        const reason = Object.keys(sections).length > 0 ? "the examination ended early" : noMarkerFailure;
        expect(hintFor(machine, reason, sections)).toEqual({
            name: "not-evaluated",
            details: { check: machine, reason },
        });
    }
});

it("finds a solved lab solved", () => {
    expect(nextHint(factsOf(solvedEvidence())).name).toBe("solved");
});
