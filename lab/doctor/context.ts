import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { projectName } from "../../infra/config/project.ts";
import type { CheckContext } from "../../infra/preflight/check.ts";
import type { HostFacts } from "../../infra/preflight/host-facts.ts";
import { isLocal, systemUri } from "../../infra/preflight/libvirt-uri.ts";
import { stateFolder } from "../cell/state-folder.ts";

/** Seconds for one program or connection: `lab doctor` ends within 5 s. */
const deadline = 4;

/** The stack that `make up` creates. */
const defaultStack = "dev";

/** The selected stack, or the default one when there is no Pulumi or no selection. */
export async function selectedStack(host: HostFacts): Promise<string> {
    const { exitCode, stdout } = await host.run("pulumi", ["stack", "--show-name", "--non-interactive"]);
    return exitCode === 0 ? stdout.trim() : defaultStack;
}

/**
 * The context of a stack's lab, from the stack's settings and the environment.
 *
 * @param root the repository's root
 */
export function contextOf(stack: string, root: string, host: HostFacts): CheckContext {
    const settings = readSettings(host.readText(join(root, `Pulumi.${stack}.yaml`)) ?? "");
    const { LAB_CACHE, LAB_CELL, LAB_TMP, XDG_CACHE_HOME, HOME = homedir() } = host.environment;
    const libvirtUri = settings.libvirtUri ?? systemUri;
    const usesCell = settings.libvirtUri === undefined && LAB_CELL !== "none";
    const hypervisor = usesCell ? "cell" : isLocal(libvirtUri) ? "system" : "remote";
    return {
        hypervisor,
        libvirtUri,
        labName: settings.name ?? projectName,
        network: settings.network ?? "192.168.20.0/24",
        accelerator: settings.accelerator === "kvm" || settings.accelerator === "tcg" ? settings.accelerator : "auto",
        image: resolve(root, settings.image ?? join(".lab", "image")),
        buildsImage: settings.image === undefined,
        toCell: settings.libvirtUri === undefined ? "unset LAB_CELL" : "pulumi config rm libvirtUri",
        deadline,
        folders: {
            repository: root,
            cache: LAB_CACHE || join(XDG_CACHE_HOME || join(HOME, ".cache"), "certificate-lab"),
            lab: usesCell ? stateFolder(host.environment) : "/var/lib/libvirt/images",
            temporary: LAB_TMP || "/var/tmp",
        },
        labExists: usesCell ? cellHasLab(stack, root, host) : undefined,
    };
}

/** The project's settings in a stack's file: scalars in the block style that Pulumi writes. */
function readSettings(text: string): Record<string, string | undefined> {
    const lines = text.matchAll(new RegExp(`^ +"?${projectName}:(\\w+)"?: *(\\S.*?) *$`, "gm"));
    return Object.fromEntries(
        [...lines].map(([, name = "", value = ""]) => [name, value.replace(/^(["'])(.*)\1$/, "$2")]),
    );
}

/** Whether the stack's cell contains disks of machines (lab/cell/cell.ts). */
function cellHasLab(stack: string, root: string, host: HostFacts): boolean {
    const id = host.readText(join(root, ".lab", "cells", stack))?.trim();
    return (
        id !== undefined &&
        host.glob(join(stateFolder(host.environment), "cells", id, "lib", "images", "*", "*")).length > 0
    );
}
