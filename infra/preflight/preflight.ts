import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { repositoryRoot } from "../config/config-files";
import type { Settings } from "../config/settings";
import { type Accelerator, chooseAccelerator } from "./accelerator.ts";
import { type CheckContext, type CheckReport, runChecks } from "./check.ts";
import { labChecks } from "./checks/index.ts";
import { type HostFacts, localHost } from "./host-facts.ts";
import { Inspection } from "./inspection.ts";
import { isLocal } from "./libvirt-uri.ts";

/** Seconds for one program or connection. */
const deadline = 30;

/** The default of the setting `image`. */
const defaultImage = ".lab/image";

/** The lab cannot be created here. `message` names every obstacle and its remedy; Pulumi shows nothing else. */
export class PreflightError extends RunError {}

/**
 * Checks what would otherwise stop the lab half-built, before anything is created.
 *
 * @param labName prefix of the lab's libvirt objects
 * @returns the accelerator to use
 * @throws PreflightError
 */
export async function preflight(
    settings: Settings,
    labName: string,
    host: HostFacts = localHost,
): Promise<{ accelerator: Accelerator }> {
    const inspection = new Inspection(host, contextOf(settings, labName, host));
    try {
        const failed = (await runChecks(labChecks, inspection)).filter(({ state }) => state === "fail");
        if (failed.length > 0) {
            throw new PreflightError(
                `The lab cannot be created here; nothing was changed:\n${failed.map(line).join("\n")}`,
            );
        }
        return { accelerator: (await chooseAccelerator(inspection)) ?? "tcg" };
    } finally {
        await inspection.close();
    }
}

function line({ name, detail, remedy }: CheckReport): string {
    return `  ${name}: ${detail}\n    ${remedy}`;
}

/** The context of the checks of `pulumi up`. */
export function contextOf(settings: Settings, labName: string, { environment }: HostFacts): CheckContext {
    const { LAB_CACHE, XDG_CACHE_HOME } = environment;
    return {
        // In a cell the system's libvirtd is the cell's.
        hypervisor: isLocal(settings.libvirtUri) ? "system" : "remote",
        libvirtUri: settings.libvirtUri,
        labName,
        network: settings.network,
        accelerator: settings.accelerator,
        image: resolve(repositoryRoot, settings.image),
        buildsImage: settings.image === defaultImage,
        toCell: "make up",
        deadline,
        folders: {
            repository: repositoryRoot,
            cache: LAB_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "certificate-lab"),
            lab: "/var/lib/libvirt/images",
            temporary: tmpdir(),
        },
    };
}
