import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { needs } from "../programs";
import { sourceFiles } from "./files";
import { anchors, codeSpans, linkTargets, tableRows } from "./markdown";

describe("markdown", () => {
    const document = "# One two\n[a](b.md#c) ![d](e.svg)\n\n| key | x |\n| --- | --- |\n| `k` | 1 |\n\n## Three (4)\n";

    it("reads tables, links, anchors and code spans", () => {
        expect(tableRows(document, "key")).toEqual([["`k`", "1"]]);
        expect(() => tableRows(document, "name")).toThrow("no table with the first header name");
        expect(linkTargets(document)).toEqual(["b.md#c", "e.svg"]);
        expect(anchors(document)).toEqual(["one-two", "three-4"]);
        expect(codeSpans("`a` and `b`")).toEqual(["a", "b"]);
    });
});

/** The links of a document to files or sections that do not exist. */
function brokenLinks(file: string): string[] {
    return linkTargets(readFileSync(file, "utf8")).filter((target) => {
        if (/^https?:/.test(target)) {
            return false;
        }
        const [path, anchor] = decodeURI(target).split("#");
        const linked = path ? join(dirname(file), path) : file;
        return !existsSync(linked) || (anchor && !anchors(readFileSync(linked, "utf8")).includes(anchor));
    });
}

needs("git").it("documents link to existing files and sections", () => {
    const documents = sourceFiles().filter((file) => file.endsWith(".md"));
    expect(documents.flatMap((file) => brokenLinks(file).map((link) => `${file}: ${link}`))).toEqual([]);
});

it.each(["README.md", "README.ja.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/operating.md"])(
    "%s names only existing files and folders",
    (document) => {
        const paths = codeSpans(readFileSync(document, "utf8")).filter((span) =>
            /^[a-z][\w.-]*\/[\w./*-]*$/.test(span),
        );
        expect(paths.filter((path) => globSync(path).length === 0)).toEqual([]);
    },
);

describe("README", () => {
    const english = readFileSync("README.md", "utf8");
    const japanese = readFileSync("README.ja.md", "utf8");

    it.each([
        ["README.md", english],
        ["README.ja.md", japanese],
    ])("%s has at most 120 lines", (_, text) => {
        expect(text.split("\n").length - 1).toBeLessThanOrEqual(120);
    });

    it.each([
        ["command", "コマンド"],
        ["key", "キー"],
    ])("has the same rows in both languages: %s", (header, translated) => {
        const firstCells = (text: string, name: string) => tableRows(text, name).map(([cell]) => codeSpans(cell ?? ""));
        expect(firstCells(japanese, translated)).toEqual(firstCells(english, header));
    });

    it.each([
        ["key", english],
        ["キー", japanese],
    ])("has the settings of Pulumi.yaml with their defaults: %s", (header, document) => {
        const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as {
            config: Record<string, { default: unknown }>;
        };
        const schema = Object.entries(config).map(([key, setting]) => [key, String(setting.default)]);
        const rows = tableRows(document, header).map((row) => row.slice(0, 2).flatMap(codeSpans));
        expect(rows).toEqual(schema);
    });

    it("lists the commands that lab --help lists", () => {
        const help = execFileSync(process.execPath, ["--import", "tsx", "lab/main.ts", "--help"], { encoding: "utf8" });
        const commands = Array.from(help.matchAll(/^ {2}([a-z]+)(?: [[<]| {2})/gm), ([, name]) => name);
        const listed = tableRows(english, "command").flatMap(([cell]) =>
            codeSpans(cell ?? "").flatMap((span) => /^lab ([a-z]+)/.exec(span)?.[1] ?? []),
        );
        const elsewhere = ["help", "up"];
        expect(listed.sort()).toEqual(commands.filter((name) => !elsewhere.includes(name ?? "")).sort());
    });

    it("has the same troubleshooting in both languages, with a message that bin/pulumi prints", () => {
        const cells = (text: string, name: string) => tableRows(text, name).map((row) => row.flatMap(codeSpans));
        const rows = cells(english, "message or symptom");
        expect(cells(japanese, "メッセージや症状")).toEqual(rows);
        expect(readFileSync("bin/pulumi", "utf8")).toContain(`"${rows[0]?.[0]}. `);
    });

    it("reveals the cause and the solution only after the commands", () => {
        const [top] = english.split("## Commands");
        expect(top).not.toMatch(/hairpin|masquerade|conntrack|source address|bypass/i);
    });
});
