import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import type { Cell } from "../cell/cell";
import { parseJson } from "../lib/json";
import { domainStatesSchema } from "./record";

const operationSchema = z.discriminatedUnion("kind", [
    z.object({
        kind: z.literal("save"),
        /** Receives the files, and becomes `folder` when it is complete. */
        partial: z.string(),
        folder: z.string(),
        domains: domainStatesSchema,
        /** The guests' time when they were suspended, seconds since 1970; undefined before that. */
        guestTime: z.number().optional(),
    }),
    z.object({ kind: z.literal("load"), folder: z.string() }),
    z.object({ kind: z.literal("resume"), domains: domainStatesSchema }),
]);

/**
 * Work on a lab's machines, recorded so that the next command completes it after a kill:
 *
 * - save: machines are suspended and written to files. Those that are off are restored from these files.
 * - load: machines and disks are replaced. The load is repeated.
 * - resume: every machine is restored or started. Memory files must not be used again, because machines write to their disks.
 */
export type Operation = z.output<typeof operationSchema>;

/** Records an operation, in place of an earlier one; {@link endOperation} removes it. */
export function beginOperation(cell: Cell, operation: Operation): void {
    writeAtomically(operationFile(cell), JSON.stringify(operation));
}

/** Removes the record of the operation. */
export function endOperation(cell: Cell): void {
    rmSync(operationFile(cell), { force: true });
}

/** The operation that was interrupted; undefined when none was, "damaged" when its record is not readable. */
export function interruptedOperation(cell: Cell): Operation | { kind: "damaged" } | undefined {
    const file = operationFile(cell);
    if (!existsSync(file)) {
        return undefined;
    }
    return operationSchema.safeParse(parseJson(readFileSync(file, "utf8"))).data ?? { kind: "damaged" };
}

/** The file with the record. */
export function operationFile(cell: Cell): string {
    return join(cell.folder, "operation.json");
}
