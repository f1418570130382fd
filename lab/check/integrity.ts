import { type Evidence, sectionOf } from "./evidence/evidence";
import { examinedPrograms } from "./evidence/integrity";

/** Folders from which the examination reads files of the kernel, programs and settings. */
const examinedFolders = [
    "/proc",
    "/sys/fs/cgroup",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc",
    "/home/user/manifests",
];

/** Mount points in these folders on every machine. */
const usualMounts = ["/proc", "/proc/sys/fs/binfmt_misc", "/sys/fs/cgroup", "/etc/machine-id"];

/** Mounts that hide files by which the machine is examined, programs that differ from the image, and libraries loaded first. */
export function changedPrograms(evidence: Evidence, machine: "host" | "lb"): string[] {
    const text = (name: string) => sectionOf(evidence, machine, name)?.text ?? "";
    const original = sectionOf(evidence, "acme-server", "programs")?.text ?? "";
    return [...hidingMounts(text("mounts")), ...differingPrograms(text("programs"), original)];
}

/** @param mounts proc_pid_mountinfo(5) */
export function hidingMounts(mounts: string): string[] {
    return mounts
        .split("\n")
        .map((line) => line.split(" ")[4] ?? "")
        .filter((point) => examinedFolders.some((folder) => `${point}/`.startsWith(`${folder}/`)))
        .filter((point) => !usualMounts.includes(point))
        .map((point) => `something is mounted over ${point}`);
}

/** @param digests lines of sha256sum(1) @param original the same programs of an unchanged machine */
export function differingPrograms(digests: string, original: string): string[] {
    const digestOf = (list: string, path: string) => new RegExp(`^([0-9a-f]{64})  ${path}$`, "m").exec(list)?.[1];
    return examinedPrograms
        .filter(
            (path) => digestOf(original, path) !== undefined && digestOf(digests, path) !== digestOf(original, path),
        )
        .map((path) => `${path} is not the image's`);
}
