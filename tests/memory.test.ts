import { expect, it } from "vitest";
import { occupiedMemory } from "../infra/preflight/needs";
import { memoryMessage, missingMemory } from "./memory";

it("finds enough memory for two labs, or how much is missing", () => {
    const needed = 2 * occupiedMemory("tcg");
    expect(missingMemory(2, needed)).toBe(0);
    expect(missingMemory(2, needed - 100.5)).toBe(101);
});

it("names the missing memory and the remedy in one line", () => {
    expect(memoryMessage(1, 101)).toMatch(
        /^A lab would need \d+ MiB of memory: 101 MiB are missing\. Stop .*lab cells.*$/,
    );
});
