import { dirname } from "node:path";

/** A go.mod that requires a module in another version than the other folders of its group. */
export interface VersionException {
    /** The folder with this go.mod. */
    folder: string;
    module: string;
    /** The obstacle to the group's version. */
    reason: string;
}

/**
 * The folders with the programs of one build. The compiler's cache contains a package once for each version, so programs
 * share compiled packages only if their go.mod files require the same versions.
 */
export const versionGroups: Record<string, string[]> = {
    toolchain: [
        "offline/kubernetes",
        "offline/pulumi",
        "offline/terraform-bridge",
        "offline/terraform-provider-libvirt",
    ],
    guests: [
        "image/software/cert-manager",
        "image/software/coredns",
        "image/software/etcd",
        "image/software/haproxy-ingress",
        "image/software/kubernetes",
        "image/software/step-ca",
    ],
};

/** Folders in no group. */
export const ungrouped = [
    // No build of the lab compiles it: it renders manifests/cert-manager.yaml for a new version of cert-manager.
    "image/software/helm",
    // It contains no packages.
    "image/software/kubernetes/sample-cli-plugin",
];

/** The modules that do not compile, or do not exist, in the version of their group. */
export const versionExceptions: readonly VersionException[] = [
    {
        folder: "offline/kubernetes",
        module: "github.com/pulumi/pulumi/pkg/v3",
        reason: "The plugin compiles with v3.215, but not with v3.259: PackageSpec.Provider has another type.",
    },
    {
        folder: "offline/kubernetes",
        module: "github.com/pulumi/pulumi/sdk/v3",
        reason: "pulumi/pkg v3.215 does not compile with sdk v3.259: LanguageRuntime has other parameters.",
    },
    {
        folder: "offline/pulumi",
        module: "github.com/olekukonko/tablewriter",
        reason: "glamour v0.6.0 uses the API of v0.0.5; the bridge uses the API of v1.",
    },
    {
        folder: "offline/pulumi",
        module: "github.com/atotto/clipboard",
        reason: "The replacement in pulumi/pkg's go.mod. Other programs use the module without it.",
    },
    {
        folder: "offline/terraform-bridge",
        module: "github.com/hashicorp/terraform-plugin-sdk/v2",
        reason: "The bridge's release replaces it with Pulumi's fork. The libvirt provider's release uses the original.",
    },
    {
        folder: "image/software/haproxy-ingress",
        module: "sigs.k8s.io/controller-runtime",
        reason: "HAProxy Ingress compiles with v0.22, but not with v0.24: recorder.Provider has another method.",
    },
    ...["api", "apiextensions-apiserver", "apimachinery", "apiserver", "client-go", "component-base"].map((name) => ({
        folder: "image/software/haproxy-ingress",
        module: `k8s.io/${name}`,
        reason: "controller-runtime v0.22 does not compile with client-go v0.36: event handlers have another method.",
    })),
    {
        folder: "image/software/haproxy-ingress",
        module: "sigs.k8s.io/gateway-api",
        reason: "HAProxy Ingress uses types of v1alpha2 that v1.6 does not contain.",
    },
];

export interface GoModule {
    /** The folder with go.mod, relative to the repository. */
    folder: string;
    files: string[];
}

/** The Go modules that contain Go files of ours; those with only a go.mod pin upstream's programs. */
export function goModules(files: readonly string[]): GoModule[] {
    const folders = files.filter((file) => isNamed(file, "go.mod")).map(dirname);
    return folders
        .map((folder) => {
            return {
                folder,
                files: files.filter((file) => file.endsWith(".go") && moduleOf(file, folders) === folder),
            };
        })
        .filter((module) => module.files.length > 0);
}

/**
 * A line for each module that go.mod files require in different versions, and for each exception without a difference.
 * @param goMods the contents of the go.mod files of one group, by folder
 */
export function versionConflicts(goMods: Record<string, string>, exceptions: readonly VersionException[]): string[] {
    const requirements = Object.entries(goMods).flatMap(([folder, text]) =>
        Array.from(requiredVersions(text), ([module, version]) => ({ folder, module, version })),
    );
    const isExcepted = (module: string, folder: string) =>
        exceptions.some((exception) => exception.module === module && exception.folder === folder);
    /** The versions in folders without an exception. */
    const common = (module: string) =>
        new Set(
            requirements
                .filter((required) => required.module === module && !isExcepted(module, required.folder))
                .map(({ version }) => version),
        );
    const modules = [...new Set(requirements.map(({ module }) => module))].sort();
    const conflicts = modules
        .filter((module) => common(module).size > 1)
        .map((module) => {
            const versions = requirements
                .filter((required) => required.module === module)
                .map(({ folder, version }) => `${version} in ${folder}`);
            return `${module}: ${versions.join(", ")}. Raise the lower ones: go -C FOLDER get ${module}@VERSION`;
        });
    const unused = exceptions
        .filter(({ folder, module }) => {
            const required = requirements.find((each) => each.folder === folder && each.module === module);
            const others = common(module);
            return required === undefined || others.size === 0 || others.has(required.version);
        })
        .map(({ folder, module }) => `${module}: ${folder} needs no exception. Remove it from the list.`);
    return [...conflicts, ...unused];
}

/** The version of each module that the text of a go.mod requires; for a replaced one, the replacement. */
export function requiredVersions(goMod: string): Map<string, string> {
    const lines = goMod.split("\n").map((line) => line.replace(/\/\/.*/, "").trim());
    const required = new Map<string, string>();
    for (const line of lines) {
        const [, module, version] = /^(?:require\s+)?(\S+)\s+(v\d\S*)$/.exec(line) ?? [];
        if (module !== undefined && version !== undefined) {
            required.set(module, version);
        }
    }
    for (const line of lines) {
        const [, module = "", replaced, replacement] =
            /^(?:replace\s+)?(\S+)(?:\s+(v\d\S*))?\s+=>\s+(.+)$/.exec(line) ?? [];
        const current = required.get(module);
        if (replacement !== undefined && current !== undefined && (replaced ?? current) === current) {
            required.set(module, replacement);
        }
    }
    return required;
}

/** The innermost folder with a go.mod above a file. */
function moduleOf(file: string, folders: readonly string[]): string | undefined {
    return folders
        .filter((folder) => folder === "." || file.startsWith(`${folder}/`))
        .sort((a, b) => b.length - a.length)[0];
}

function isNamed(file: string, name: string): boolean {
    return file === name || file.endsWith(`/${name}`);
}
