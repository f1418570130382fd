import { administrator } from "../administrator.ts";
import { type Check, type CheckContext, type CheckResult, fail, ok, pending } from "../check.ts";
import { installCommand, neededPackages } from "../debian-packages.ts";
import { type Inspection, lastLine, oncePerInspection } from "../inspection.ts";

/** Subordinate IDs that a container tool gives a user, and that the guests' files need. */
const rangeSize = 65_536;

const inCell = ({ hypervisor }: CheckContext) => hypervisor === "cell";

const rootCell = ok("not needed: root's cell has no user namespace");

/** Programs that write the ID mapping of a user namespace for an ordinary user. */
export const uidmap: Check = {
    name: "uidmap",
    stage: "install",
    applies: inCell,
    async run(inspection) {
        if (inspection.host.user.uid === 0) {
            return rootCell;
        }
        const missing = ["newuidmap", "newgidmap"].filter((name) => inspection.host.findProgram(name) === undefined);
        if (missing.length === 0) {
            return ok("newuidmap and newgidmap are installed");
        }
        if (neededPackages(inspection).includes("uidmap") && (await administrator(inspection)).kind !== "none") {
            return pending("make up installs the package uidmap");
        }
        return fail(`not installed: ${missing.join(", ")}`, inspection.asRoot(installCommand(["uidmap"])));
    },
};

/** One line of subuid(5) or subgid(5). */
interface IdRange {
    owner: string;
    start: number;
    count: number;
}

function parseRanges(text: string): IdRange[] {
    return [...text.matchAll(/^([^:#\n]+):(\d+):(\d+)$/gm)].map(([, owner = "", start, count]) => ({
        owner,
        start: Number(start),
        count: Number(count),
    }));
}

function rangesOf({ host }: Inspection, file: string): { own: number; next: number } {
    const ranges = parseRanges(host.readText(file) ?? "");
    const own = ranges.filter(({ owner }) => owner === host.user.name || owner === String(host.user.uid));
    return {
        own: Math.max(0, ...own.map(({ count }) => count)),
        next: Math.max(100_000, ...ranges.map(({ start, count }) => start + count)),
    };
}

/** Ranges of user and group IDs in which an ordinary user's cell maps the IDs of its files. */
export const subordinateIds: Check = {
    name: "subordinate IDs",
    stage: "install",
    applies: inCell,
    run: (inspection) => {
        const { host } = inspection;
        if (host.user.uid === 0) {
            return rootCell;
        }
        const lists = { subuids: rangesOf(inspection, "/etc/subuid"), subgids: rangesOf(inspection, "/etc/subgid") };
        const short = Object.entries(lists).filter(([, { own }]) => own < rangeSize);
        if (short.length === 0) {
            return ok(`${host.user.name} has ranges in /etc/subuid and /etc/subgid`);
        }
        const options = short.map(([list, { next }]) => `--add-${list} ${next}-${next + rangeSize - 1}`);
        const files = short.map(([list]) => `/etc/${list.slice(0, -1)}`);
        return fail(
            `${host.user.name} has no range of ${rangeSize} IDs in ${files.join(" and ")}`,
            inspection.asRoot(`usermod ${options.join(" ")} ${host.user.name}`),
        );
    },
};

/** Settings of the kernel that forbid user namespaces, and the value that allows them. */
const restrictions = [
    { setting: "kernel.unprivileged_userns_clone", forbids: "0", allows: "1" },
    { setting: "user.max_user_namespaces", forbids: "0", allows: "15000" },
    { setting: "kernel.apparmor_restrict_unprivileged_userns", forbids: "1", allows: "0" },
];

/** Creates the namespaces of a cell for a moment. */
const trialOfNamespaces = oncePerInspection((inspection: Inspection) => {
    // Without ranges or newuidmap the mapping fails, which the other two checks report.
    const maps =
        inspection.host.findProgram("newuidmap") !== undefined && rangesOf(inspection, "/etc/subuid").own >= rangeSize;
    const mapping = ["--map-root-user", ...(maps ? ["--map-auto"] : [])];
    return { maps, result: inspection.run("unshare", ["--user", ...mapping, "--net", "--mount", "true"]) };
});

/** Whether an ordinary user may create files of other users: in a user namespace that maps subordinate IDs. */
export async function mapsUsers(inspection: Inspection): Promise<boolean> {
    const { maps, result } = trialOfNamespaces(inspection);
    return maps && (await result).exitCode === 0;
}

/** An ordinary user's lab runs in the namespaces of a cell. */
export const userNamespaces: Check = {
    name: "user namespaces",
    stage: "install",
    applies: inCell,
    async run(inspection): Promise<CheckResult> {
        const { host } = inspection;
        if (host.user.uid === 0) {
            return rootCell;
        }
        const { maps, result } = trialOfNamespaces(inspection);
        const trial = await result;
        if (trial.exitCode === 0) {
            return maps ? ok("unshare --user --net --mount works") : pending("a test with the range of IDs follows");
        }
        if (/unrecognized option.*map-auto/.test(trial.stderr)) {
            return fail(
                "unshare has no option --map-auto: the system's util-linux is older than 2.38. Root's lab needs no such option",
                inspection.asRoot("make up"),
            );
        }
        for (const { setting, forbids, allows } of restrictions) {
            const value = host.readText(`/proc/sys/${setting.replaceAll(".", "/")}`)?.trim();
            if (value === forbids) {
                return fail(
                    `${setting} is ${value}: an ordinary user may not create namespaces. Allow it until the next boot, or ` +
                        `build the lab as root: ${inspection.asRoot("make up")}`,
                    inspection.asRoot(`sysctl --write ${setting}=${allows}`),
                );
            }
        }
        return fail(
            `unshare fails: ${lastLine(trial.stderr)}. In a container, its seccomp profile forbids namespaces; root's lab ` +
                "needs only the rights to create network and mount namespaces",
            inspection.asRoot("make up"),
        );
    },
};
