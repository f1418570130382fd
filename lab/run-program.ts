import { CommanderError } from "commander";
import { CellError } from "./cell/cell";
import { failureExitCode, unreachableExitCode } from "./lib/exit-codes";
import { UnreachableError } from "./lib/unreachable-error";
import { labProgram } from "./program";

/**
 * Runs `lab` and sets the process' exit code. Errors become one message on standard error: those that state a reason and a
 * remedy with {@link unreachableExitCode}, all others with {@link failureExitCode}.
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
    return error instanceof UnreachableError || error instanceof CellError;
}

function exitCodeOf(error: unknown): number {
    if (error instanceof CommanderError) {
        return error.exitCode === 0 ? 0 : failureExitCode;
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
