import { createHash } from "node:crypto";
import { manifestText, protectedManifestNames } from "../../infra/workloads/manifest-files";
import type { Output } from "../lib/ssh";
import type { Check } from "./check";
import { broken, type Judgement, pass } from "./judge";

/** The protected manifests lie on host as they were put there. */
export const manifestsOnHost: Check = {
    name: "manifests on host",
    judge: async ({ run, rootCertificate }) => {
        const digests = Object.fromEntries(
            protectedManifestNames.map((name) => [
                name,
                createHash("sha256").update(manifestText(name, rootCertificate)).digest("hex"),
            ]),
        );
        const names = Object.keys(digests).join(" ");
        return judgeFiles(await run("host", `cd /home/user/manifests && sha256sum ${names}; true`), digests);
    },
};

/** sha256sum's lines against the digests of what was deployed, by file name. */
export function judgeFiles({ stdout }: Pick<Output, "stdout">, digests: Record<string, string>): Judgement {
    const found = new Map(stdout.split("\n").map((line) => line.split(/\s+/).reverse() as [string, string]));
    const changed = Object.keys(digests).filter((name) => found.get(name) !== digests[name]);
    return changed.length > 0 ? broken(`changed or missing: ${changed.join(", ")}`) : pass("as they were deployed");
}
