import { CommanderError } from "commander";
import { CellError } from "./cell/cell";
import { failureExitCode, refusedExitCode, unreachableExitCode } from "./lib/exit-codes";
import { RefusedError } from "./lib/refused-error";
import { UnreachableError } from "./lib/unreachable-error";
import { labProgram } from "./program";

/**
 * Runs `lab` and sets the process' exit code. An error becomes one message on standard error, and the exit code that
 * belongs to its class: {@link RefusedError}, {@link UnreachableError} or any other.
 *
 * @param args without the program's name
 */
export async function runProgram(args: readonly string[]): Promise<void> {
    try {
        await labProgram().parseAsync(args, { from: "user" });
    } catch (error) {
        process.exitCode = exitCodeOf(error);
        // Commander has written its message already.
        if (!(error instanceof CommanderError)) {
            console.error(messageOf(error));
        }
    }
}

/** Errors whose message states a reason and a remedy. */
function isExpected(error: unknown): error is Error {
    return [RefusedError, UnreachableError, CellError].some((type) => error instanceof type);
}

function exitCodeOf(error: unknown): number {
    if (error instanceof CommanderError) {
        return error.exitCode === 0 ? 0 : failureExitCode;
    }
    if (error instanceof RefusedError) {
        return refusedExitCode;
    }
    return isExpected(error) ? unreachableExitCode : failureExitCode;
}

function messageOf(error: unknown): string {
    if (isExpected(error)) {
        return error.message;
    }
    const message = error instanceof Error ? error.message : String(error);
    return `lab failed: ${message.replace(/\s+/g, " ")}`;
}
