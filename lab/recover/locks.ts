import { readdir, readFile, rm } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { projectName } from "../../infra/config/project";
import { parseJson } from "../lib/json";

/** A lock of Pulumi's file backend, which an update holds from its beginning to its end. */
export interface Lock {
    /** Its file. */
    path: string;
    /** The process that holds it; undefined for a file that is not complete. */
    pid: number | undefined;
    /** False when the process has ended without releasing the lock. */
    held: boolean;
}

/** https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/lock.go */
const lockSchema = z.object({ pid: z.number(), hostname: z.string() });

/**
 * The folder of Pulumi's file backend; undefined for any other backend.
 *
 * @param url as in PULUMI_BACKEND_URL: `file:///path`, `file://~/path` or `file://./path`
 * @param base folder that relative paths start from
 */
export function fileBackendFolder(url: string, base: string): string | undefined {
    const [, path] = /^file:\/\/([^?]*)/.exec(url) ?? [];
    return path === undefined ? undefined : resolve(base, decodeURIComponent(path).replace(/^~(?=\/|$)/, homedir()));
}

/**
 * The locks of a stack.
 *
 * @param folder of the file backend
 */
export async function readLocks(folder: string, stack: string): Promise<Lock[]> {
    const directory = join(folder, ".pulumi", "locks", "organization", projectName, stack);
    const files = await readdir(directory).catch(() => []);
    return Promise.all(files.filter((file) => file.endsWith(".json")).map((file) => readLock(join(directory, file))));
}

/** Removes a lock whose process has ended. `pulumi cancel` would remove held ones as well. */
export async function releaseLock({ path }: Lock): Promise<void> {
    await rm(path, { force: true });
}

async function readLock(path: string): Promise<Lock> {
    const text = await readFile(path, "utf8").catch(() => "");
    const content = lockSchema.safeParse(parseJson(text));
    return {
        path,
        pid: content.data?.pid,
        held: content.success && (content.data.hostname !== hostname() || (await isPulumi(content.data.pid))),
    };
}

/** The number of a process that has ended may belong to another program by now. */
async function isPulumi(pid: number): Promise<boolean> {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    return name.trim() === "pulumi";
}
