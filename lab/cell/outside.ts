import { spawn } from "node:child_process";
import { SettingsError } from "../../infra/config/settings";
import { refusedExitCode } from "../lib/exit-codes";
import { selectedStack } from "../lib/pulumi";
import { UnreachableError } from "../lib/unreachable-error";
import { Cell, CellError } from "./cell";
import { usesCell } from "./enter";
import { CommandError } from "./run";

export interface OutsideOptions {
    /**
     * Whether the command changes machines that must not stay paused. It then runs in a separate session: Ctrl-C and the
     * end of the terminal do not interrupt it. Default false.
     */
    detached?: boolean;
    /** Exit code of a refused command; default {@link refusedExitCode}. */
    refused?: number;
}

/**
 * Runs one of the commands that work on a cell from outside, and sets the process' exit code.
 *
 * @param stackName default: the selected stack
 * @param work receives the stack's name and a function for progress, a line each on standard error
 */
export async function outside(
    stackName: string | undefined,
    work: (stack: string, log: (line: string) => void) => Promise<number>,
    { detached = false, refused = refusedExitCode }: OutsideOptions = {},
): Promise<void> {
    if (detached && process.env[sessionVariable] === undefined) {
        process.exitCode = await runInOwnSession();
        return;
    }
    // The terminal may be gone.
    process.stdout.on("error", () => {});
    process.stderr.on("error", () => {});
    try {
        const stack = stackName ?? (await selectedStack());
        if (stack === undefined) {
            throw new CellError("No stack is selected. Select one: pulumi stack select NAME, or build a lab: make up");
        }
        process.exitCode = await work(stack, (line) => console.error(line));
    } catch (thrown) {
        const error = withRemedy(thrown);
        if (error instanceof CellError || error instanceof SettingsError) {
            process.exitCode = refused;
        } else if (error instanceof UnreachableError || error instanceof CommandError) {
            process.exitCode = 3;
        } else {
            throw error;
        }
        console.error(error.message);
    }
}

/** Adds the remedy to the message of an error that a full disk caused. */
function withRemedy(error: unknown): unknown {
    if (error instanceof Error && /no space left on device/i.test(error.message)) {
        error.message += "\nThe disk is full. Remove saved labs: lab templates, lab snapshots";
    }
    return error;
}

/** Set in a process that {@link runInOwnSession} started. */
const sessionVariable = "LAB_OWN_SESSION";

/** Runs this program again with the same arguments in a separate session and waits for it; returns its exit code. */
function runInOwnSession(): Promise<number> {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, [sessionVariable]: "1" },
        detached: true,
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () =>
            console.error(
                "The machines are being saved or restored, which cannot be interrupted. Wait up to a minute.",
            ),
        );
    }
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code) => resolve(code ?? 3));
    });
}

/** The stack's cell. @throws CellError when the stack has none */
export function cellOf(stack: string): Cell {
    const cell = Cell.of(stack);
    if (cell !== undefined) {
        return cell;
    }
    throw new CellError(
        usesCell(stack)
            ? `The stack ${stack} has no lab. Build one: make up STACK=${stack}`
            : `The lab of the stack ${stack} has no cell. Save and start its machines with virsh.`,
    );
}
