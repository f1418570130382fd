import { join } from "node:path";
import { type Check, fail, ok } from "../check.ts";
import type { Inspection } from "../inspection.ts";
import { shellWord } from "../shell-word.ts";
import { existingFolder } from "./capacity.ts";

/** Folders that `make up` writes, which an earlier run as root may have created. */
export const folders: Check = {
    name: "folders",
    stage: "install",
    applies: () => true,
    run: (inspection) => {
        const { host, context } = inspection;
        const { repository, cache, lab, temporary } = context.folders;
        const written = [join(repository, ".lab"), join(repository, "node_modules"), cache, temporary];
        const denied = [...written, ...(context.hypervisor === "cell" ? [lab] : [])]
            .map((folder) => ({ folder, existing: existingFolder(host, folder) }))
            .filter(({ existing }) => !host.isWritable(existing));
        if (denied.length === 0) {
            return ok("the repository, the cache and the lab's folder are writable");
        }
        const paths = new Set(denied.map(({ existing }) => existing));
        const commands = new Set(denied.map(({ folder, existing }) => commandFor(inspection, folder, existing)));
        return fail(
            `${host.user.name} may not write to ${[...paths].join(", ")}`,
            inspection.asRoot([...commands].join(" && ")),
        );
    },
};

/**
 * The command of root that lets the user write a folder.
 *
 * @param existing the folder, or the nearest one above it that exists: it changes its owner only in the repository and the
 * home directory, because other folders belong to the system
 */
function commandFor({ host, context }: Inspection, folder: string, existing: string): string {
    const { repository } = context.folders;
    const { HOME = "" } = host.environment;
    const isUsers = `${existing}/`.startsWith(`${repository}/`) || (HOME !== "" && existing.startsWith(`${HOME}/`));
    if (isUsers || (folder === existing && folder !== context.folders.temporary)) {
        return `chown --recursive ${host.user.name} ${shellWord(existing)}`;
    }
    return folder === existing
        ? `chmod 1777 ${shellWord(folder)}`
        : `install --directory --owner=${host.user.name} ${shellWord(folder)}`;
}
