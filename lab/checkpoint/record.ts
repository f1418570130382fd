import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { shellWord } from "../../infra/preflight/shell-word";
import { CellError } from "../cell/cell";

/** State of each domain, by its name. */
export const domainStatesSchema = z.record(z.string(), z.enum(["running", "paused", "shut off"]));

const recordSchema = z.object({
    /** The guests' time when they were suspended, seconds since 1970. */
    guestTime: z.number(),
    /** Each domain's state when it was saved. Memory exists for the first two states. */
    domains: domainStatesSchema,
    networks: z.array(z.string()),
    /** Storage pool of the volumes; undefined when only memory was saved. */
    pool: z.string().optional(),
    /** Every other file of the folder with its size in bytes, to detect one that is missing or truncated. */
    files: z.array(z.object({ path: z.string(), size: z.number() })),
});

/**
 * Contents of a folder with saved machines:
 *
 * ```
 * machines.json        this record, written last
 * memory/DOMAIN        output of `virsh save`
 * domains/DOMAIN.xml networks/NETWORK.xml pool.xml volumes/
 * ```
 */
export type SavedMachines = z.output<typeof recordSchema>;

export type DomainStates = z.output<typeof domainStatesSchema>;

/** Name of the file with the record. */
export const recordFile = "machines.json";

/**
 * Reads the record of saved machines.
 *
 * @throws CellError when a file is missing or truncated
 */
export function readSavedMachines(folder: string): SavedMachines {
    let record: SavedMachines;
    try {
        record = recordSchema.parse(JSON.parse(readFileSync(join(folder, recordFile), "utf8")));
    } catch {
        throw new CellError(`${folder} contains no complete saved lab. Remove it: rm -r ${shellWord(folder)}`);
    }
    const damaged = record.files.find(
        ({ path, size }) => statSync(join(folder, path), { throwIfNoEntry: false })?.size !== size,
    );
    if (damaged !== undefined) {
        throw new CellError(
            `The saved lab ${folder} is damaged: ${damaged.path} is missing or truncated. Remove it: rm -r ${shellWord(folder)}`,
        );
    }
    return record;
}
