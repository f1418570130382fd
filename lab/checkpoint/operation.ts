import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Cell, writeAtomically } from "../cell/cell";

const stateSchema = z.enum(["running", "paused", "shut off"]);

const operationSchema = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("save"), folder: z.string(), domains: z.record(z.string(), stateSchema) }),
    z.object({ kind: z.literal("load"), folder: z.string() }),
]);

/** What a command does with the machines, written down so that the next command completes it after a kill. */
export type Operation = z.output<typeof operationSchema>;

/** Writes down what begins; {@link endOperation} removes it. */
export function beginOperation(cell: Cell, operation: Operation): void {
    writeAtomically(operationFile(cell), JSON.stringify(operation));
}

export function endOperation(cell: Cell): void {
    rmSync(operationFile(cell), { force: true });
}

/** The operation that was interrupted; undefined when none was. */
export function interruptedOperation(cell: Cell): Operation | undefined {
    const file = operationFile(cell);
    return existsSync(file) ? operationSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

function operationFile(cell: Cell): string {
    return join(cell.folder, "operation.json");
}
