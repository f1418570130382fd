import { dirname } from "node:path";

export interface GoModule {
    /** The folder with go.mod, relative to the repository. */
    folder: string;
    files: string[];
}

/** The Go modules that contain Go files of ours; those with only a go.mod pin upstream's programs. */
export function goModules(files: readonly string[]): GoModule[] {
    const folders = files.filter((file) => isNamed(file, "go.mod")).map(dirname);
    return folders
        .map((folder) => {
            return {
                folder,
                files: files.filter((file) => file.endsWith(".go") && moduleOf(file, folders) === folder),
            };
        })
        .filter((module) => module.files.length > 0);
}

/** The innermost folder with a go.mod above a file. */
function moduleOf(file: string, folders: readonly string[]): string | undefined {
    return folders
        .filter((folder) => folder === "." || file.startsWith(`${folder}/`))
        .sort((a, b) => b.length - a.length)[0];
}

function isNamed(file: string, name: string): boolean {
    return file === name || file.endsWith(`/${name}`);
}
