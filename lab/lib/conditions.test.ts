import { expect, it } from "vitest";
import { readyCondition } from "./conditions";

it("finds the condition Ready among others", () => {
    const conditions = [
        { type: "Issuing", status: "True" },
        { type: "Ready", status: "False", message: "not issued" },
    ];
    expect(readyCondition({ kind: "Certificate", status: { conditions } })).toEqual({
        type: "Ready",
        status: "False",
        reason: "",
        message: "not issued",
    });
});

it.each([[{}], [{ status: {} }], [{ status: { conditions: [] } }]])("is undefined for %j", (object) => {
    expect(readyCondition(object)).toBeUndefined();
});
