import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import { UnreachableError } from "../lib/unreachable-error";
import { type Evidence, evidenceFormat, evidenceSchema } from "./evidence/evidence";
import type { CheckOutcome } from "./outcome";

/** Evidence in a file, from which the verdict can be computed again. */
export interface Bundle {
    evidence: Evidence;
    /** Evidence after a reboot of lb; undefined without `--reboot`. */
    afterReboot?: Evidence;
}

/** The file cannot be used as a bundle. */
export class BundleError extends UnreachableError {}

/**
 * The file that a bundle is written to: the target of a symbolic link.
 *
 * @throws Error when it is a device, a pipe or a directory, which a bundle must not replace, or when its directory is not writable
 */
export function bundleTarget(file: string): string {
    if (!existsSync(file)) {
        accessSync(dirname(file), constants.W_OK);
        return file;
    }
    if (!statSync(file).isFile()) {
        throw new Error(`${file} is not a regular file. Name a file for the bundle: lab check --bundle bundle.json`);
    }
    const target = realpathSync(file);
    accessSync(dirname(target), constants.W_OK);
    return target;
}

const bundleSchema = z.object({
    sha256: z.string(),
    evidence: z.looseObject({ format: z.number() }),
    afterReboot: z.looseObject({}).optional(),
});

/**
 * Writes a bundle, readable by its owner only; an existing file is replaced at once or not at all.
 *
 * @param outcomes the verdict at that time, for people
 * @throws Error of the file system, or of {@link bundleTarget}
 */
export function writeBundle(file: string, bundle: Bundle, outcomes: Record<string, CheckOutcome[]>): void {
    const text = JSON.stringify({ sha256: digestOf(bundle), outcomes, ...bundle }, null, 1);
    writeAtomically(bundleTarget(file), `${text}\n`);
}

/**
 * Reads a bundle.
 *
 * @throws BundleError when it cannot be read, was changed or is of another format
 */
export function readBundle(file: string): Bundle {
    const contents = parse(file);
    const { success, data } = bundleSchema.safeParse(contents);
    if (!success) {
        throw new BundleError(`${file} is no bundle of lab check --bundle.`);
    }
    if (data.evidence.format !== evidenceFormat) {
        throw new BundleError(
            `${file} has format ${data.evidence.format}; this version reads ${evidenceFormat}. Use the version that wrote it.`,
        );
    }
    const { evidence, afterReboot } = contents as unknown as Bundle;
    if (digestOf({ evidence, ...(afterReboot ? { afterReboot } : {}) }) !== data.sha256) {
        throw new BundleError(`${file} was changed: its evidence does not have the digest ${data.sha256}.`);
    }
    const parsed = z.object({ evidence: evidenceSchema, afterReboot: evidenceSchema.optional() }).safeParse(contents);
    if (!parsed.success) {
        throw new BundleError(`${file} has incomplete evidence: ${z.prettifyError(parsed.error)}`);
    }
    return parsed.data;
}

function parse(file: string): unknown {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
        throw new BundleError(`${file} cannot be read: ${(error as Error).message}`);
    }
}

/** Of the JSON as it is in the file, SHA-256, hexadecimal. */
function digestOf({ evidence, afterReboot }: Bundle): string {
    return createHash("sha256")
        .update(JSON.stringify([evidence, afterReboot ?? null]))
        .digest("hex");
}
