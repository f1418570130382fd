import { describe, expect, it } from "vitest";
import { broken, brokenForNow, exitCodeOf, isFinal, notEvaluated, pass, unsolved } from "./outcome";

const yes = pass("");
const no = unsolved("");
const unknown = notEvaluated("");

describe("exitCodeOf", () => {
    it("puts a broken constraint before missing evidence, and that before an unsolved problem", () => {
        expect(exitCodeOf([yes, yes])).toBe(0);
        expect(exitCodeOf([yes, no])).toBe(1);
        expect(exitCodeOf([yes, no, unknown])).toBe(3);
        expect(exitCodeOf([no, unknown, broken("")])).toBe(2);
    });
});

describe("isFinal", () => {
    it("ends the wait for a solved lab and for a constraint that time does not restore", () => {
        expect(isFinal([yes, yes])).toBe(true);
        expect(isFinal([no, broken("")])).toBe(true);
    });

    it("continues for everything that may change", () => {
        expect(isFinal([yes, no])).toBe(false);
        expect(isFinal([yes, unknown])).toBe(false);
        expect(isFinal([yes, brokenForNow("")])).toBe(false);
    });
});
