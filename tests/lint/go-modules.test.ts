import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { sourceFiles } from "./files";
import {
    goModules,
    requiredVersions,
    ungrouped,
    versionConflicts,
    versionExceptions,
    versionGroups,
} from "./go-modules";

it("assigns each Go file to the innermost module, without modules that have none", () => {
    const files = ["a/go.mod", "a/main.go", "a/b/go.mod", "a/b/x/x_test.go", "a/c/c.go", "pinned/go.mod"];
    expect(goModules(files)).toEqual([
        { folder: "a", files: ["a/main.go", "a/c/c.go"] },
        { folder: "a/b", files: ["a/b/x/x_test.go"] },
    ]);
});

const net = (version: string) => `module lab\n\ngo 1.26\n\nrequire golang.org/x/net ${version} // indirect\n`;
const exception = { folder: "a", module: "golang.org/x/net", reason: "of this test" };

describe("requiredVersions", () => {
    it("reads single lines and blocks", () => {
        const goMod =
            "require a.com/x v1.0.0\n\nrequire (\n\ta.com/y/v2 v2.1.0-0.2026 // indirect\n)\n\ntool a.com/x/cmd\n";
        expect([...requiredVersions(goMod)]).toEqual([
            ["a.com/x", "v1.0.0"],
            ["a.com/y/v2", "v2.1.0-0.2026"],
        ]);
    });

    it("returns the replacement of a replaced version", () => {
        const replace = (line: string) => requiredVersions(`require a.com/x v1.0.0\n${line}\n`).get("a.com/x");
        expect(replace("replace a.com/x => b.com/x v1.1.0")).toBe("b.com/x v1.1.0");
        expect(replace("replace (\n\ta.com/x v1.0.0 => b.com/x v1.1.0\n)")).toBe("b.com/x v1.1.0");
        expect(replace("replace a.com/x v0.9.0 => b.com/x v1.1.0")).toBe("v1.0.0");
        expect(replace("replace a.com/y => ./y")).toBe("v1.0.0");
    });
});

describe("versionConflicts", () => {
    it("accepts equal versions, and modules that one folder requires", () => {
        expect(versionConflicts({ a: net("v0.58.0"), b: net("v0.58.0"), c: "module c\n" }, [])).toEqual([]);
    });

    it("names the folders that require different versions, and the remedy", () => {
        expect(versionConflicts({ a: net("v0.57.0"), b: net("v0.58.0"), c: net("v0.58.0") }, [])).toEqual([
            "golang.org/x/net: v0.57.0 in a, v0.58.0 in b, v0.58.0 in c. Raise the lower ones: go -C FOLDER get golang.org/x/net@VERSION",
        ]);
    });

    it("ignores the version of an exception, and compares the others", () => {
        expect(versionConflicts({ a: net("v0.57.0"), b: net("v0.58.0") }, [exception])).toEqual([]);
        expect(versionConflicts({ a: net("v0.57.0"), b: net("v0.58.0"), c: net("v0.59.0") }, [exception])).toHaveLength(
            1,
        );
    });

    it("rejects an exception that no conflict needs", () => {
        expect(versionConflicts({ a: net("v0.58.0"), b: net("v0.58.0") }, [exception])).toEqual([
            "golang.org/x/net: a needs no exception. Remove it from the list.",
        ]);
    });
});

describe("the go.mod files of this repository", () => {
    const goMods = sourceFiles().filter((file) => file.endsWith("/go.mod"));

    it("are each in one group or in none on purpose", () => {
        const grouped = Object.values(versionGroups).flat();
        expect([...grouped, ...ungrouped].sort()).toEqual(goMods.map((file) => dirname(file)).sort());
    });

    it.each(Object.entries(versionGroups))("require the same versions of shared modules: %s", (_, folders) => {
        const texts = folders.map((folder) => [folder, readFileSync(join(folder, "go.mod"), "utf8")]);
        const exceptions = versionExceptions.filter(({ folder }) => folders.includes(folder));
        expect(versionConflicts(Object.fromEntries(texts), exceptions)).toEqual([]);
    });
});
