import { expect, it } from "vitest";
import { runOnMachine } from "./run-on-machine";
import type { Machines } from "./ssh";
import { UnreachableError } from "./unreachable-error";

const machines = (result: object) =>
    ({ run: async () => ({ stdout: "", stderr: "", ...result }) }) as unknown as Machines;

it("returns the standard output", async () => {
    expect(await runOnMachine(machines({ exitCode: 0, stdout: "out" }), "lb", "true")).toBe("out");
});

it.each([
    [{ exitCode: 1, stderr: "no such file" }, "lb: no such file. The command was: cat /x"],
    [{ exitCode: undefined }, "lb: no response in time. The command was: cat /x"],
])("fails for %j", async (result, message) => {
    const failure = runOnMachine(machines(result), "lb", "cat /x");
    await expect(failure).rejects.toThrow(UnreachableError);
    await expect(failure).rejects.toThrow(message);
});
