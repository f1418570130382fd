import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import type { Settings } from "../../infra/config/settings";
import { CellError } from "../cell/cell";
import { succeed } from "../cell/run";

/** Everything in the repository that determines the lab that `pulumi up` builds. */
const sources = ["infra", "lb-config", "machines", "manifests", "sdks", "Pulumi.yaml"];

/** Digests of everything that determines the result of a build, by their names in messages. */
export type TemplateKey = Record<string, string> & { accelerator: "kvm" | "tcg" };

/**
 * The key of the template that a build with these settings would save.
 *
 * @param settings `fixed` does not count: every template is a broken lab
 * @param accelerator as the preflight chose it
 */
export async function templateKey(settings: Settings, accelerator: "kvm" | "tcg"): Promise<TemplateKey> {
    const { fixed: _, image, ...rest } = settings;
    const [qemu, libvirt] = await Promise.all([
        succeed(["qemu-system-x86_64", "--version"]),
        succeed(["libvirtd", "--version"]),
    ]);
    return {
        program: digest([...sources.flatMap((path) => contents(join(repositoryRoot, path))), pulumiPackages()]),
        "machine image": imageDigest(resolve(repositoryRoot, image)),
        settings: digest([JSON.stringify(rest)]),
        accelerator,
        // A guest cannot continue on a processor with other features; the emulated processor is the same everywhere.
        processor: accelerator === "kvm" ? digest([processorModel()]) : "emulated",
        QEMU: qemu.split("\n")[0]?.trim() ?? "",
        libvirt: libvirt.trim(),
    };
}

/** A short name for a key, for folders and messages. */
export function keyName(key: TemplateKey): string {
    return digest(Object.entries(key).sort().flat()).slice(0, 12);
}

/** The names of the differences between two keys. */
export function differences(one: TemplateKey, other: TemplateKey): string[] {
    return Object.keys({ ...one, ...other }).filter((name) => one[name] !== other[name]);
}

function digest(parts: (string | Buffer)[]): string {
    const hash = createHash("sha256");
    for (const part of parts) {
        hash.update(`${part.length}:`).update(part);
    }
    return hash.digest("hex");
}

/** Names that do not affect a build: checks before it, and the output of npm and the compiler. */
const ignored = ["preflight", "node_modules", "bin"];

/** Paths and contents of the files below a path. */
function contents(path: string): (string | Buffer)[] {
    if (statSync(path).isFile()) {
        return [path.slice(repositoryRoot.length), readFileSync(path)];
    }
    return readdirSync(path)
        .sort()
        .filter((name) => !ignored.includes(name) && !/\.test\.(ts|sh)$/.test(name))
        .flatMap((name) => contents(join(path, name)));
}

/** The versions of Pulumi's packages; others do not affect a build. */
function pulumiPackages(): string {
    const { dependencies } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
    return JSON.stringify(Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/")));
}

/** Size and time distinguish images that a user replaced in place. */
function imageDigest(folder: string): string {
    return digest(
        ["disk.qcow2", "vmlinuz", "initrd.img"].map((name) => {
            const file = statSync(join(folder, name), { throwIfNoEntry: false });
            if (file === undefined) {
                throw new CellError(`The machine image lacks ${join(folder, name)}. Build it: make image`);
            }
            return `${file.size} ${file.mtimeMs}`;
        }),
    );
}

function processorModel(): string {
    const lines = readFileSync("/proc/cpuinfo", "utf8").split("\n\n")[0]?.split("\n") ?? [];
    return lines.filter((line) => /^(vendor_id|model name|model|stepping|flags)\s*:/.test(line)).join("\n");
}
