import { expect, it } from "vitest";
import { judgeFiles } from "./manifests";

const digests = { "a.yaml": "1", "b.yaml": "2" };

it("passes untouched files", () => {
    expect(judgeFiles({ stdout: "1  a.yaml\n2  b.yaml" }, digests).verdict).toBe("pass");
});

it("finds changed and missing ones", () => {
    expect(judgeFiles({ stdout: "1  a.yaml\n3  b.yaml" }, digests)).toEqual({
        verdict: "constraint broken",
        reason: "changed or missing: b.yaml",
    });
    expect(judgeFiles({ stdout: "1  a.yaml" }, digests).verdict).toBe("constraint broken");
});
