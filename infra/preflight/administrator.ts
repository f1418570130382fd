import { lastLine, oncePerInspection } from "./inspection.ts";

/** The way in which this user gets root's rights. */
export interface Administrator {
    kind: "root" | "sudo" | "sudo with a password" | "none";
    /** The reason for `none`. */
    detail: string;
}

export const administrator = oncePerInspection(async (inspection): Promise<Administrator> => {
    if (inspection.host.user.uid === 0) {
        return { kind: "root", detail: "" };
    }
    if (inspection.host.findProgram("sudo") === undefined) {
        return { kind: "none", detail: "sudo is not installed" };
    }
    const { exitCode, stderr } = await inspection.run("sudo", ["--non-interactive", "true"]);
    if (exitCode === 0) {
        return { kind: "sudo", detail: "" };
    }
    if (/password is required|terminal is required/.test(stderr)) {
        return { kind: "sudo with a password", detail: "" };
    }
    return { kind: "none", detail: lastLine(stderr) };
});
