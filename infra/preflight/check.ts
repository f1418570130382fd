import type { Inspection } from "./inspection.ts";

/**
 * The step that a check precedes: packages and tools are installed, programs and the image are built, the lab is created.
 * `pulumi up` runs the checks of `lab`; `lab doctor` runs all.
 */
export type Stage = "install" | "build" | "lab";

/** The lab's hypervisor: a cell of this machine, this machine's system libvirtd, or another machine. */
export type Hypervisor = "cell" | "system" | "remote";

/** The settings and folders that the checks decide on. */
export interface CheckContext {
    hypervisor: Hypervisor;
    /** https://libvirt.org/uri.html; in a cell qemu:///system */
    libvirtUri: string;
    /** Prefix of the lab's libvirt objects. */
    labName: string;
    /** The lab's /24 in CIDR notation. */
    network: string;
    accelerator: "auto" | "kvm" | "tcg";
    /** Folder with disk.qcow2, vmlinuz and initrd.img, an absolute path. */
    image: string;
    /** Whether `make up` builds the image: the setting `image` has its default. */
    buildsImage: boolean;
    /** The command that moves the lab from the system's libvirtd to a cell. */
    toCell: string;
    /** Seconds that one program or connection may take. */
    deadline: number;
    folders: {
        /** The repository's root. */
        repository: string;
        /** Programs, images and the result of the KVM probe: LAB_CACHE. */
        cache: string;
        /** Disks and saved memory of the lab on this machine. */
        lab: string;
        /** Work files of the image's build: LAB_TMP. */
        temporary: string;
    };
    /** Whether the lab exists in its cell. On other hypervisors libvirt's lists decide. */
    labExists?: boolean;
}

/**
 * The outcome of a check. `pending` means that it depends on something that is not installed or built yet; it is no
 * obstacle. `remedy` is a command.
 */
export type CheckResult =
    | { state: "ok" | "pending"; detail: string; remedy?: undefined }
    | { state: "warn" | "fail"; detail: string; remedy: string };

export interface Check {
    /** The first column of `lab doctor`'s table. */
    name: string;
    stage: Stage;
    applies(context: CheckContext): boolean;
    run(inspection: Inspection): Promise<CheckResult> | CheckResult;
}

/** A check that ran. */
export type CheckReport = CheckResult & Pick<Check, "name" | "stage">;

export const ok = (detail: string): CheckResult => ({ state: "ok", detail });

export const pending = (detail: string): CheckResult => ({ state: "pending", detail });

export const warn = (detail: string, remedy: string): CheckResult => ({ state: "warn", detail, remedy });

export const fail = (detail: string, remedy: string): CheckResult => ({ state: "fail", detail, remedy });

/** A probe failed, so that its check has no result; `message` is the probe's. */
export class ProbeError extends Error {}

/** Runs the checks that apply, all at once, and returns their results in the given order. */
export function runChecks(checks: readonly Check[], inspection: Inspection): Promise<CheckReport[]> {
    return Promise.all(
        checks
            .filter((check) => check.applies(inspection.context))
            .map(async (check) => ({ name: check.name, stage: check.stage, ...(await result(check, inspection)) })),
    );
}

async function result(check: Check, inspection: Inspection): Promise<CheckResult> {
    try {
        return await check.run(inspection);
    } catch (error) {
        if (!(error instanceof ProbeError)) {
            throw error;
        }
        return warn(`not determined: ${error.message}`, "lab doctor");
    }
}
