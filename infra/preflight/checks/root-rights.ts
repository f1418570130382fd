import { administrator } from "../administrator.ts";
import { type Check, fail, ok, warn } from "../check.ts";
import { installCommand, missingPackages } from "../debian-packages.ts";
import type { Inspection } from "../inspection.ts";
import { isImageBuilt } from "../machine-image.ts";
import { quoted } from "../shell-word.ts";
import { mapsUsers } from "./namespaces.ts";

/** The steps of `make up` that need root's rights on this machine. */
export async function stepsOfRoot(inspection: Inspection): Promise<string[]> {
    const missing = (await missingPackages(inspection)) ?? [];
    const builds = inspection.context.buildsImage && !isImageBuilt(inspection);
    // With uidmap, an ordinary user maps other users' IDs, which is tried when it is installed.
    const mapsLater = missing.includes("uidmap");
    return [
        ...(missing.length > 0 ? ["install packages"] : []),
        ...(builds && !mapsLater && !(await mapsUsers(inspection)) ? ["build the image"] : []),
    ];
}

export const rootRights: Check = {
    name: "root rights",
    stage: "install",
    applies: () => true,
    async run(inspection) {
        const { kind, detail } = await administrator(inspection);
        const steps = await stepsOfRoot(inspection);
        const purpose = `needed to ${steps.join(" and to ")}`;
        if (kind === "root" || steps.length === 0) {
            return ok(
                kind === "root"
                    ? "this is root"
                    : "not needed: packages are installed, and no step needs other users' files",
            );
        }
        if (kind === "sudo") {
            return ok(`sudo works without a password; ${purpose}`);
        }
        if (kind === "sudo with a password") {
            return inspection.host.hasTerminal
                ? warn(`sudo needs a password, which make up reads once, at its start; ${purpose}`, "sudo --validate")
                : fail(`sudo needs a password and there is no terminal to read it from; ${purpose}`, "make up");
        }
        const missing = (await missingPackages(inspection)) ?? [];
        return fail(
            `${detail}; root's rights are ${purpose}`,
            // Root's HOME is another one.
            `su --command ${quoted(missing.length > 0 ? installCommand(missing) : `LAB_CACHE="${inspection.context.folders.cache}" make image`)}`,
        );
    },
};
