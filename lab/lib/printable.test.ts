import { describe, expect, it } from "vitest";
import { printable, printableJson, printableLine } from "./printable";

const red = "\u001b[31mred\u001b[0m";

it("shows escape sequences, C1 controls and text direction as text", () => {
    expect(printable(red)).toBe("\\u{1b}[31mred\\u{1b}[0m");
    expect(printable("a\u009bb\u202ec\u200bd\u0007")).toBe("a\\u{9b}b\\u{202e}c\\u{200b}d\\u{7}");
});

it("keeps lines, tabs and other scripts", () => {
    expect(printable("証明書\n\tb")).toBe("証明書\n\tb");
});

it("makes one line of limited length", () => {
    expect(printableLine(" a\r\n b\n")).toBe("a b");
    expect(printableLine("x".repeat(400), 10)).toBe(`${"x".repeat(10)}...`);
});

describe("printableJson", () => {
    it("loses no character", () => {
        const value = { text: `${red}\u009b\u202e\u{e0001}\n`, list: ["証明書"] };
        const json = printableJson(value);
        expect(JSON.parse(json)).toEqual(value);
        expect(json).toMatch(/^[\x20-\x7e\n証明書]*$/);
    });
});
