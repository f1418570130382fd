import { expect, it } from "vitest";
import { isAtLeast } from "./version.ts";

it.each([
    ["9.0.0", "8.0.0", true],
    ["10.0.0", "8.0.0", true],
    ["8.0.0", "8.0.0", true],
    ["8.0", "8.0.0", true],
    ["6.2+dfsg-2ubuntu6", "6.2.0", true],
    ["7.2.22 (Debian 1:7.2)", "6.2.0", true],
    ["6.0.0-0ubuntu8", "8.0.0", false],
    ["5.2+dfsg-11", "6.2.0", false],
    ["unknown", "8.0.0", false],
])("%s is at least %s: %s", (version, oldest, expected) => {
    expect(isAtLeast(version, oldest)).toBe(expected);
});
