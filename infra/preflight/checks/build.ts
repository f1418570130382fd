import { join } from "node:path";
import { administrator } from "../administrator.ts";
import { type Check, type CheckContext, type CheckResult, fail, ok, pending, warn } from "../check.ts";
import { installCommand, neededPackages } from "../debian-packages.ts";
import { type Inspection, oncePerInspection } from "../inspection.ts";
import { providerConnection } from "../libvirt.ts";
import { isImageBuilt, missingImageFiles } from "../machine-image.ts";
import { cellDisk, volumesDisk } from "../needs.ts";
import { shellWord } from "../shell-word.ts";
import { isAtLeast } from "../version.ts";
import { existingFolder, gib } from "./capacity.ts";

/** MiB of memory for two compilers or linkers at once; linking Kubernetes takes 1.8 GiB. */
const buildMemory = 3 * 1024;

/** MiB of disk for Go's compiled packages and for its modules. */
const goCaches = { compiled: 9 * 1024, modules: 3 * 1024 };

/** MiB of disk for programs, tools and the image in the lab's cache. */
const labCache = 4 * 1024;

/** MiB of disk for the image's root file systems while it is built. */
const imageWork = 4 * 1024;

/** The size of QEMU's translation cache in the domains needs libvirt 8.0 (Ubuntu 22.04), https://libvirt.org/formatdomain.html */
const oldest = { libvirt: "8.0.0", QEMU: "6.2.0" };

const willBuild = (inspection: Inspection) => inspection.context.buildsImage && !isImageBuilt(inspection);

/** The machine image. Without it the lab cannot be created; `make up` builds the default one. */
export const image: Check = {
    name: "image",
    stage: "lab",
    applies: () => true,
    run: (inspection) => {
        const missing = missingImageFiles(inspection);
        const { image: folder, buildsImage } = inspection.context;
        if (missing.length === 0) {
            return ok(folder);
        }
        const lacks = `${folder} lacks ${missing.join(", ")}`;
        return buildsImage ? fail(lacks, "make image") : fail(lacks, "pulumi config rm image && make image");
    },
};

/** {@link image} in `lab doctor`, which runs before the image is built. */
export const imageBeforeBuild: Check = {
    ...image,
    run: (inspection) => (willBuild(inspection) ? pending("make up builds it") : image.run(inspection)),
};

export const memoryForBuild: Check = {
    name: "memory for builds",
    stage: "build",
    applies: ({ buildsImage }) => buildsImage,
    run: (inspection) => {
        if (!willBuild(inspection)) {
            return ok("not needed: the image is built");
        }
        const free = inspection.host.freeMemory();
        const facts = `${gib(free)} are free on this machine, compiling needs ${gib(buildMemory)}`;
        return free < buildMemory ? fail(facts, "ps -e -o pid,rss,args --sort -rss | head") : ok(facts);
    },
};

/** Disk for everything that `make up` writes, counted for each file system. */
export const diskForBuild: Check = {
    name: "disk for builds",
    stage: "build",
    applies: ({ buildsImage }) => buildsImage,
    async run(inspection) {
        if (!willBuild(inspection)) {
            return ok("not needed: the image is built");
        }
        const { host } = inspection;
        const needs = new Map<number, { folder: string; needed: number }>();
        for (const [folder, needed] of requirements(inspection)) {
            const existing = existingFolder(host, folder);
            const device = host.stat(existing)?.device ?? 0;
            const sum = needs.get(device);
            needs.set(device, { folder: sum?.folder ?? existing, needed: (sum?.needed ?? 0) + needed });
        }
        const results = await Promise.all(
            [...needs.values()].map(async ({ folder, needed }) => {
                const free = await host.freeDisk(folder);
                const facts = `${gib(free)} are free in ${folder}, the builds and the lab need ${gib(needed)}`;
                return free < needed ? fail(facts, `df --human-readable ${shellWord(folder)}`) : ok(facts);
            }),
        );
        return results.find(({ state }) => state === "fail") ?? results[0] ?? ok("");
    },
};

/** Folders that `make up` fills, with MiB. */
function requirements({ host, context }: Inspection): [folder: string, needed: number][] {
    const { cache, temporary } = context.folders;
    const { HOME = "/", XDG_CACHE_HOME, GOCACHE, GOMODCACHE, GOPATH } = host.environment;
    const compiled = GOCACHE || join(XDG_CACHE_HOME || join(HOME, ".cache"), "go-build");
    const modules = GOMODCACHE || join(GOPATH || join(HOME, "go"), "pkg", "mod");
    // Earlier builds have filled Go's caches.
    const share = host.stat(join(cache, "programs")) === undefined ? 1 : 1 / 8;
    return [
        [compiled, goCaches.compiled * share],
        [modules, goCaches.modules * share],
        [cache, labCache],
        [temporary, imageWork],
        ...localLab(context),
    ];
}

function localLab({ hypervisor, folders }: CheckContext): [folder: string, needed: number][] {
    const needed = { cell: cellDisk, system: volumesDisk, remote: undefined }[hypervisor];
    return needed === undefined ? [] : [[folders.lab, needed]];
}

/** Keys that verify Debian's packages when the image is built. Ubuntu does not install them. */
export const debianKeyring: Check = {
    name: "Debian's keyring",
    stage: "build",
    applies: ({ buildsImage }) => buildsImage,
    async run(inspection) {
        const { host, context } = inspection;
        if (!willBuild(inspection)) {
            return ok("not needed: the image is built");
        }
        const versions = host.readText(join(context.folders.repository, "image", "versions.env")) ?? "";
        const suite = /^DEBIAN_SUITE=(\w+)/m.exec(versions)?.[1] ?? "stable";
        const keyrings = "/usr/share/keyrings";
        const name = "debian-archive-keyring";
        const install = inspection.asRoot(installCommand([name]));
        if (host.stat(`${keyrings}/${name}.gpg`) === undefined) {
            return neededPackages(inspection).includes(name) && (await administrator(inspection)).kind !== "none"
                ? pending(`make up installs the package ${name}`)
                : fail(`${keyrings}/${name}.gpg is missing: packages of Debian ${suite} cannot be verified`, install);
        }
        return host.stat(`${keyrings}/debian-archive-${suite}-automatic.gpg`) === undefined
            ? warn(
                  `${keyrings} has no key of Debian ${suite}; its packages are also signed with the key of the release before`,
                  install,
              )
            : ok(`has the key of Debian ${suite}`);
    },
};

/** Versions of QEMU and libvirt on the hypervisor; undefined when they are not installed or libvirt does not respond. */
const versions = oncePerInspection(async (inspection): Promise<Partial<Record<keyof typeof oldest, string>>> => {
    if (inspection.context.hypervisor === "remote") {
        const { libvirt } = await providerConnection(inspection);
        const text = (await libvirt?.virsh("version", "--daemon")) ?? "";
        return { libvirt: /against daemon: (\S+)/.exec(text)?.[1], QEMU: /hypervisor: QEMU (\S+)/.exec(text)?.[1] };
    }
    const [libvirtd, qemu] = await Promise.all([
        inspection.run("libvirtd", ["--version"]),
        inspection.run("qemu-system-x86_64", ["--version"]),
    ]);
    return {
        libvirt:
            /libvirtd \(libvirt\) (\S+)/.exec(libvirtd.stdout)?.[1] ??
            (await candidate(inspection, "libvirt-daemon-system")),
        QEMU: /QEMU emulator version (\S+)/.exec(qemu.stdout)?.[1] ?? (await candidate(inspection, "qemu-system-x86")),
    };
});

/** The version of a Debian package that apt would install, without epoch; undefined when apt has no such package. */
async function candidate(inspection: Inspection, name: string): Promise<string | undefined> {
    const { stdout } = await inspection.run("apt-cache", ["policy", name]);
    return /^ *Candidate: (?:\d+:)?(\d\S*)/m.exec(stdout)?.[1];
}

/** The installed versions, else the ones that apt would install. */
export const hypervisorVersions: Check = {
    name: "QEMU and libvirt",
    stage: "install",
    applies: () => true,
    async run(inspection): Promise<CheckResult> {
        const found = await versions(inspection);
        const names = Object.keys(oldest) as (keyof typeof oldest)[];
        const old = names.filter((name) => !isAtLeast(found[name] ?? oldest[name], oldest[name]));
        if (old.length > 0) {
            return fail(
                old.map((name) => `${name} ${found[name]} is older than ${oldest[name]}`).join("; "),
                upgrade(inspection.context, inspection),
            );
        }
        const unknown = names.filter((name) => found[name] === undefined);
        return unknown.length > 0
            ? pending(`the version of ${unknown.join(" and ")} is not known yet`)
            : ok(names.map((name) => `${name} ${found[name]}`).join(", "));
    },
};

function upgrade({ hypervisor, libvirtUri }: CheckContext, inspection: Inspection): string {
    return hypervisor === "remote"
        ? `virsh --connect ${libvirtUri} version --daemon`
        : inspection.asRoot("do-release-upgrade");
}
