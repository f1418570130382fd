import { link, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { localHost } from "../../infra/preflight/host-facts";
import { CellError } from "../cell/cell";
import { succeed } from "../cell/run";

/** @throws CellError when the file system of a folder is too small. Nothing is changed */
export async function requireDisk(folder: string, needed: number, work: string): Promise<void> {
    const [neededMib, free] = [Math.ceil(needed / 2 ** 20), await localHost.freeDisk(folder)];
    if (free < neededMib) {
        throw new CellError(
            `${work} ${neededMib} MiB in ${folder}, ${free} MiB are free. Remove saved labs: lab templates, lab snapshots`,
        );
    }
}

/** Seconds to copy one overlay. */
const copyDeadline = 300;

/**
 * Names of the volumes that a domain writes to: those of its disks that are not read-only. Others can be shared.
 *
 * @param xml the domain's definition, https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms
 */
export function writtenVolumes(xml: string): string[] {
    return [...xml.matchAll(/<disk [^>]*>.*?<\/disk>/gs)]
        .map(([disk]) => disk)
        .filter((disk) => !disk.includes("<readonly/>"))
        .flatMap((disk) => disk.match(/<source [^>]*(?:file|volume)=['"]([^'"]+)['"]/)?.[1] ?? [])
        .map((path) => basename(path));
}

/**
 * Puts a volume at another place of the same file system, in place of an earlier one: a copy that shares blocks where the
 * file system can, or a hard link for a volume that nothing writes to.
 */
export async function placeVolume(from: string, to: string, written: boolean): Promise<void> {
    const temporary = `${to}.new`;
    await rm(temporary, { force: true });
    if (written) {
        await succeed(["cp", "--reflink=auto", "--sparse=always", "--", from, temporary], { deadline: copyDeadline });
    } else {
        await link(from, temporary);
    }
    await rename(temporary, to);
}
