import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../infra/config/config-files";
import { stepsIn, stepsOf } from "./console";
import { languages, readDocument } from "./documents";
import { sectionsOf, sectionsUnder } from "./markdown";
import { isShown } from "./output";

describe.each(["problem", "solution"] as const)("docs/%s.*.md", (name) => {
    it("has the same commands and outputs in both languages, in the same sections", () => {
        const [ja, en] = languages.map((language) =>
            readDocument(name, language).map(({ level, blocks }) => ({ level, blocks })),
        );
        expect(ja).toEqual(en);
    });

    it("has only commands that the test on the lab can run", () => {
        for (const section of readDocument(name, "en")) {
            expect(section.blocks.map(({ language }) => language)).not.toContain("");
            expect(() => stepsOf(section)).not.toThrow();
        }
        expect(readDocument(name, "en").flatMap(stepsOf)).not.toEqual([]);
    });
});

it("shows acme-server's records as in its zone file", () => {
    const zone = readFileSync(join(repositoryRoot, "machines", "acme-server", "etc", "bind", "db.ictsc.test"), "utf8");
    const shown = readDocument("problem", "en")
        .flatMap(({ blocks }) => blocks)
        .filter(({ language }) => language === "zone");
    expect(shown).toHaveLength(1);
    expect(zone).toContain(shown[0]?.text);
});

describe("sectionsUnder", () => {
    const sections = sectionsOf("# a\n## b\n### c\n```console\n# no heading\n```\n## d\n");

    it("ends before the next section of the same level", () => {
        expect(sectionsUnder(sections, "b").map(({ title }) => title)).toEqual(["b", "c"]);
        expect(sectionsUnder(sections, "d").map(({ title }) => title)).toEqual(["d"]);
    });

    it("lists the sections if there is none with the title", () => {
        expect(() => sectionsUnder(sections, "e")).toThrow("There is no section e; there are a, b, c, d");
    });
});

describe("stepsIn", () => {
    it("separates commands from their output", () => {
        expect(stepsIn("user@host:~$ kubectl get cert\nNAME\nuser@lb:~/x$ true")).toEqual([
            { machine: "host", directory: "~", command: "kubectl get cert", output: ["NAME"], exitCode: 0 },
            { machine: "lb", directory: "~/x", command: "true", output: [], exitCode: 0 },
        ]);
    });

    it("parses here-documents and escaped line ends as one command", () => {
        expect(stepsIn("user@lb:~$ tee x <<'END'\na\nEND\ndone")[0]).toMatchObject({
            command: "tee x <<'END'\na\nEND",
            output: ["done"],
        });
        expect(stepsIn("user@lb:~$ echo \\\n  a\na")[0]).toMatchObject({ command: "echo \\\n  a", output: ["a"] });
        expect(() => stepsIn("user@lb:~$ tee x <<'END'\na")).toThrow("the command does not end: tee x <<'END'");
    });

    it("expects curl's failure where the document shows it", () => {
        expect(stepsIn("user@host:~$ curl x\ncurl: (60) SSL")[0]?.exitCode).toBe(60);
    });

    it("rejects a block without a prompt", () => {
        expect(() => stepsIn("curl x")).toThrow("has no prompt");
    });
});

describe("isShown", () => {
    it("compares every line, and skips lines only at an ellipsis", () => {
        expect(isShown(["a", "b"], "a\nb\n")).toBe(true);
        expect(isShown(["a"], "a\nb\n")).toBe(false);
        expect(isShown(["a", "..."], "a\nb\n")).toBe(true);
        expect(isShown(["...", "b", "..."], "a\nb")).toBe(true);
        expect(isShown(["...", "c", "..."], "a\nb")).toBe(false);
    });

    it("ignores values that differ from run to run", () => {
        const shown = "TCP 00:58  SYN_RECV    192.168.20.131:42914 192.168.20.1:80    192.168.20.130:80";
        expect(isShown([shown], "TCP 00:03 SYN_RECV 192.168.20.130:4711 192.168.20.1:80 192.168.20.130:80")).toBe(true);
        expect(isShown([shown], "TCP 00:58 ESTABLISHED 192.168.20.131:42914 192.168.20.1:80 192.168.20.130:80")).toBe(
            false,
        );
        expect(isShown(["192.168.20.131:80"], "192.168.20.131:443")).toBe(false);
        expect(isShown(["www False 35s"], "www   False   2m10s")).toBe(true);
        expect(isShown(["www False 35s"], "www   True    2m10s")).toBe(false);
    });
});
