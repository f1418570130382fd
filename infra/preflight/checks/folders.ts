import { join } from "node:path";
import { type Check, fail, ok } from "../check.ts";
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
            .map((folder) => existingFolder(host, folder))
            .filter((folder) => !host.isWritable(folder));
        if (denied.length === 0) {
            return ok("the repository, the cache and the lab's folder are writable");
        }
        const paths = [...new Set(denied)];
        return fail(
            `${host.user.name} may not write to ${paths.join(", ")}`,
            inspection.asRoot(
                `chown --recursive ${host.user.name} ${paths.map((path) => JSON.stringify(path)).join(" ")}`,
            ),
        );
    },
};
