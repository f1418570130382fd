import { join } from "node:path";
import { oncePerInspection } from "./inspection.ts";

/** The Debian packages of toolchain/packages.txt. */
export const neededPackages = oncePerInspection(({ host, context }) =>
    (host.readText(join(context.folders.repository, "toolchain", "packages.txt")) ?? "")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("#")),
);

/** The needed packages that are not installed; undefined on a system without dpkg. */
export const missingPackages = oncePerInspection(async (inspection): Promise<string[] | undefined> => {
    if (inspection.host.findProgram("dpkg-query") === undefined) {
        return undefined;
    }
    const needed = neededPackages(inspection);
    // Its exit code is 1 when one of the packages was never installed.
    const format = "--showformat=${Package} ${db:Status-Status}\\n";
    const { stdout } = await inspection.run("dpkg-query", ["--show", format, ...needed]);
    const installed = new Set(stdout.split("\n"));
    return needed.filter((name) => !installed.has(`${name} installed`));
});

/** The command that installs Debian packages. */
export function installCommand(names: readonly string[]): string {
    return `apt-get install --yes --no-install-recommends ${names.join(" ")}`;
}
