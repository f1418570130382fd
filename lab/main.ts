/** Entry point of `lab`. */
import { failureExitCode } from "./lib/exit-codes";

/** Exit codes 0 to 2 are results; node's own exit code after an error would be 1. */
function fail(error: unknown): never {
    console.error(`lab failed: ${error instanceof Error ? error.message : error}`.split("\n")[0]);
    process.exit(failureExitCode);
}

process.on("uncaughtException", fail);

// Imported here: a package that is not installed is a failure as well.
import("./run-program.js").then(({ runProgram }) => runProgram(process.argv.slice(2))).catch(fail);
