import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnreachableError } from "../lib/unreachable-error";
import { CellError } from "./cell";
import { outside } from "./outside";
import { CommandError } from "./run";

let printed: string[];

beforeEach(() => {
    printed = [];
    vi.spyOn(console, "error").mockImplementation((text) => void printed.push(text));
});

afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
});

const fail = (error: Error) =>
    outside("dev", async () => {
        throw error;
    });

it.each([
    [new CellError("The lab is stopped."), 1],
    [new UnreachableError("libvirt does not respond"), 3],
    [new CommandError("mount: not permitted"), 3],
])("prints the message of %s and sets the exit code", async (error, exitCode) => {
    await fail(error);
    expect(process.exitCode).toBe(exitCode);
    expect(printed).toEqual([error.message]);
});

const remedy = "The disk is full. Remove saved labs: lab templates, lab snapshots";

it("names the remedy for a full disk", async () => {
    await fail(new UnreachableError("virsh save lb: Failed to write: No space left on device"));
    expect(printed).toEqual([`virsh save lb: Failed to write: No space left on device\n${remedy}`]);
    await expect(fail(new Error("ENOSPC: no space left on device, write"))).rejects.toThrow(remedy);
});
