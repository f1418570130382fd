import { freemem } from "node:os";
import { describe, it } from "vitest";
import { occupiedMemory } from "../infra/preflight/needs";

/** MiB that are missing for a number of labs in addition to what runs on this machine; 0 when there is enough. */
export function missingMemory(labs: number, free = freemem() / 2 ** 20): number {
    // Under software emulation, which needs more than KVM.
    return Math.max(0, Math.ceil(labs * occupiedMemory("tcg") - free));
}

/** One line that states how much memory is missing and what frees some. */
export function memoryMessage(labs: number, missing: number): string {
    const what = labs === 1 ? "A lab" : `${labs} labs`;
    return (
        `${what} would need ${labs * occupiedMemory("tcg")} MiB of memory: ${missing} MiB are missing. ` +
        "Stop another lab: lab cells, lab --stack NAME stop"
    );
}

/** Vitest's `describe` for tests that run a number of labs; where memory is short, they are skipped with the reason. */
export function describeLabs(labs: number, title: string, suite: () => void): void {
    const missing = missingMemory(labs);
    describe(title, missing > 0 ? () => it("runs", ({ skip }) => skip(memoryMessage(labs, missing))) : suite);
}
