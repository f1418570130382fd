import { expect, it } from "vitest";
import { seconds } from "./seconds";

it("is a whole number", () => {
    expect(["0", "60", "1000000"].map(seconds)).toEqual([0, 60, 1000000]);
});

it.each(["", " ", "-1", "1.5", "1e3", "0x10", "1000001", "ten"])("is not %j", (text) => {
    expect(() => seconds(text)).toThrow("whole number of seconds");
});
