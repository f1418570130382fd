import { expect, it } from "vitest";
import { proseOf } from "./prose";

/** The lines that are not empty, with their numbers. */
function numbered(file: string, source: string): Record<number, string> {
    const lines = proseOf(file, source).split("\n");
    return Object.fromEntries(
        [...lines.entries()].map(([index, line]) => [index + 1, line]).filter(([, line]) => line),
    );
}

it("extracts comments, messages and test titles of TypeScript on their lines", () => {
    const source = [
        'import { x } from "./x";',
        "/**",
        " * Returns `x`.",
        " */",
        'it("rejects a wrong certificate", () => {',
        `    fail(\`no lab called $\{name} on this host\`); // never returns`,
        '    run("kubectl", "get", "a b");',
        "});",
    ].join("\n");
    expect(numbered("a.ts", source)).toEqual({
        3: "Returns `x`.",
        5: "rejects a wrong certificate",
        6: "never returns | no lab called `...` on this host",
    });
    expect(numbered("a.mjs", source)).toEqual(numbered("a.ts", source));
});

it("extracts comments of shell scripts, YAML and configuration files", () => {
    const source = "#!/usr/bin/env bash\n# Builds the image.\necho a#b # twice\n";
    expect(numbered("build.sh", source)).toEqual({ 2: "Builds the image.", 3: "twice" });
    expect(numbered("keepalived.conf", source)).toEqual({ 2: "Builds the image.", 3: "twice" });
});

it("extracts messages that a script prints", () => {
    expect(numbered("build.sh", 'echo "No image was found"')).toEqual({ 1: "No image was found" });
});

it("extracts comments and messages of Go", () => {
    const source = 'package main\n\n// Serves the plugin.\nvar e = errors.New("no plugin was found") // unused\n';
    expect(numbered("main.go", source)).toEqual({ 3: "Serves the plugin.", 4: "unused | no plugin was found" });
});

it("extracts all of a document, and the texts of hints", () => {
    expect(numbered("README.md", "# Lab\n\nText.")).toEqual({ 1: "# Lab", 3: "Text." });
    expect(numbered("lab/hint/texts/en.yaml", "key:\n  - |\n    On host: look.\n")).toEqual({
        3: "On host: look.",
    });
});
