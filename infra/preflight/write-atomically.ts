import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file of its owner only, so that a reader sees the old content or the new one, also after a crash of this process.
 * After a failure, for example on a full disk, the old content stays.
 *
 * The temporary file beside it has a random name and is new: in a folder that others write, another user cannot put a link there.
 */
export function writeAtomically(path: string, content: string): void {
    const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
    try {
        writeFileSync(temporary, content, { mode: 0o600, flag: "wx" });
        renameSync(temporary, path);
    } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
    }
}
