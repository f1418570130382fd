import { join } from "node:path";
import type { Inspection } from "./inspection.ts";

/** Files of a machine image. */
const files = ["disk.qcow2", "vmlinuz", "initrd.img"];

/** The files that the machine image lacks. */
export function missingImageFiles({ host, context }: Inspection): string[] {
    return files.filter((file) => host.stat(join(context.image, file)) === undefined);
}

export function isImageBuilt(inspection: Inspection): boolean {
    return missingImageFiles(inspection).length === 0;
}
