import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";

/** Generated or copied from upstream: no linter reads them. */
const foreign = ["sdks"];

/** The repository's files that Git tracks or would add, without generated ones. Paths are relative to `directory`. */
export function sourceFiles(directory = "."): string[] {
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
        cwd: directory,
        encoding: "utf8",
    });
    return listed
        .split("\0")
        .filter((file) => file !== "" && !foreign.some((folder) => file.startsWith(`${folder}/`)))
        .filter((file) => statSync(`${directory}/${file}`, { throwIfNoEntry: false })?.isFile());
}

/** Whether a file is a shell script, by its extension or, without one, by its first line. */
export function isShellScript(file: string, directory = "."): boolean {
    const extension = extname(file);
    return extension === ".sh" || (extension === "" && /^#!.*\b(ba)?sh\b/.test(firstLine(`${directory}/${file}`)));
}

function firstLine(file: string): string {
    const start = Buffer.alloc(100);
    const descriptor = openSync(file, "r");
    try {
        return start.toString("utf8", 0, readSync(descriptor, start)).split("\n", 1)[0] ?? "";
    } finally {
        closeSync(descriptor);
    }
}
