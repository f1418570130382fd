import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RunError } from "@pulumi/pulumi/errors";
import { repositoryRoot } from "../config/config-files";

const run = promisify(execFile);

/** Something that the lab needs is missing; `message` says what, and what to do, and Pulumi shows no more. */
export class PreflightError extends RunError {}

/** What the checks look at, so that tests can put other answers in their place. */
export interface Surroundings {
    /** Runs virsh with these arguments; its standard output. Rejects when it fails. */
    virsh(uri: string, args: string[]): Promise<string>;
    fileExists(path: string): boolean;
    /** MiB of memory that new processes can have on this machine. */
    freeMemory(): number;
    /** MiB free where the volumes go on this machine. */
    freeDisk(): Promise<number>;
    /** The kernel's IPv4 routes, `ip -json -4 route show table main` (ip-route(8)). */
    routes(): Promise<string>;
    /** Whether this kernel, a file, really boots under KVM here. */
    kvmWorks(kernel: string): Promise<boolean>;
}

export const thisMachine: Surroundings = {
    virsh: async (uri, args) => (await run("virsh", ["--connect", uri, ...args], { timeout: 30_000 })).stdout,
    fileExists: existsSync,
    freeMemory: () => freemem() / 2 ** 20,
    freeDisk: async () => {
        const { bavail, bsize } = await statfs("/var/lib");
        return (bavail * bsize) / 2 ** 20;
    },
    routes: async () => (await run("ip", ["-json", "-4", "route", "show", "table", "main"])).stdout,
    kvmWorks: async (kernel) =>
        run(join(repositoryRoot, "scripts", "probe-kvm.sh"), [kernel]).then(
            () => true,
            () => false,
        ),
};

/** Whether a libvirt URI names this machine: one without a host, by whatever transport (https://libvirt.org/uri.html). */
export function isLocal(uri: string): boolean {
    return /^qemu(\+\w+)?:\/\/\//.test(uri);
}
