import { administrator } from "../administrator.ts";
import { type Check, fail, ok } from "../check.ts";
import { installCommand, missingPackages, neededPackages } from "../debian-packages.ts";

/** Runs the lab in a Debian container, on systems whose packages have other names. */
const inContainer =
    'docker run --rm --interactive --tty --privileged --volume "$PWD:$PWD" --workdir "$PWD" debian:13 ' +
    'sh -c "apt-get update && apt-get install --yes make git && make up"';

/** The programs of the toolchain and the image are built for x86-64. */
export const architecture: Check = {
    name: "architecture",
    stage: "install",
    applies: () => true,
    run: ({ host }) =>
        host.architecture === "x64"
            ? ok("x86-64")
            : fail(
                  `${host.architecture}; the toolchain and the machines need x86-64. Build the lab on such a machine`,
                  "ssh user@x86-64-machine",
              ),
};

export const packages: Check = {
    name: "packages",
    stage: "install",
    applies: () => true,
    async run(inspection) {
        const missing = await missingPackages(inspection);
        if (missing === undefined) {
            return fail("this system is not Debian or Ubuntu; make up installs packages only there", inContainer);
        }
        if (missing.length === 0) {
            return ok(`all ${neededPackages(inspection).length} are installed`);
        }
        if ((await administrator(inspection)).kind === "none") {
            return fail(
                `only root can install the missing ones: ${missing.join(", ")}`,
                `su --command '${installCommand(missing)}'`,
            );
        }
        return ok(`make up installs ${missing.length}: ${missing.join(", ")}`);
    },
};
