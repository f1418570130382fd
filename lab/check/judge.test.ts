import { describe, expect, it } from "vitest";
import { exitCodeOf, type Verdict } from "./judge";

describe("exitCodeOf", () => {
    const of = (...verdicts: Verdict[]) => exitCodeOf(verdicts.map((verdict) => ({ verdict, reason: "" })));

    it("puts a broken constraint before an unsolved problem", () => {
        expect(of("pass", "pass")).toBe(0);
        expect(of("pass", "unsolved")).toBe(1);
        expect(of("unsolved", "constraint broken")).toBe(2);
    });
});
