import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { needs } from "../programs";
import { documentedVariables, environmentVariables } from "./environment";
import { sourceFiles } from "./files";

it("finds the variables that programs read", () => {
    expect(environmentVariables("a.ts", 'process.env.HOME; env["TERM"]; const x = "LAB_CELL";')).toEqual([
        "HOME",
        "TERM",
        "LAB_CELL",
    ]);
    expect(
        environmentVariables("a.sh", `cd "${"$"}{LAB_TMP:-/tmp}" && echo $OTHER ${"$"}{GOPROXY:?} ${"$"}{lower:-}`),
    ).toEqual(["LAB_TMP", "GOPROXY"]);
    expect(environmentVariables("Makefile", "STACK ?= dev\nX = 1\n")).toEqual(["STACK"]);
    expect(environmentVariables("main.go", 'os.Getenv("SSH_AUTH_SOCK")')).toEqual(["SSH_AUTH_SOCK"]);
    expect(environmentVariables("a.test.ts", "process.env.HOME")).toEqual([]);
});

it("reads the documented variables of one section", () => {
    expect(documentedVariables("`A_B`\n## Environment variables\n| `LAB_TMP` | `/tmp` |\n## Next\n`C_D`")).toEqual([
        "LAB_TMP",
    ]);
});

needs("git").it("CONTRIBUTING.md has every variable that is read, and no other", () => {
    const sources = sourceFiles()
        .filter((file) => !/\.md$|^tests\/lint\//.test(file))
        .map((file) => ({ file, source: readFileSync(file, "utf8") }));
    const documented = documentedVariables(readFileSync("CONTRIBUTING.md", "utf8"));
    const read = sources.flatMap(({ file, source }) => environmentVariables(file, source));
    expect(read.filter((name) => !documented.includes(name))).toEqual([]);
    expect(documented.filter((name) => !sources.some(({ source }) => source.includes(name)))).toEqual([]);
});
