import { expect, it } from "vitest";
import { findings } from "./style";

it("rejects excluded words in comments, with the line", async () => {
    expect(await findings("a.ts", "\n// Retries for\n// ever.\n")).toEqual([
        { line: 2, message: "for\never => forever, or the limit" },
    ]);
    expect(await findings("run.sh", "# Nobody responds.\n")).toHaveLength(1);
    expect(await findings("main.go", "package main\n\n// heeds nothing\n")).toHaveLength(1);
});

it("rejects excluded words in messages and test titles", async () => {
    expect(await findings("a.test.ts", 'it("fails whatever happens", () => {});')).toHaveLength(1);
    expect(await findings("a.ts", 'throw new Error("waited for it in vain");')).toHaveLength(1);
});

it("distinguishes the verb from the answers of contestants", async () => {
    expect(await findings("a.ts", "// The server answers late. No server answers.")).toHaveLength(2);
    expect(await findings("a.ts", "// Executes all answers of a folder of answers: written answers.")).toEqual([]);
    expect(await findings("a.ts", "// The solution CoreDNS answering for the site.")).toEqual([]);
});

it("accepts code, and words that only contain an excluded one", async () => {
    expect(await findings("README.md", "Run `make whatever`. A normal, well-known answer.\n")).toEqual([]);
    expect(await findings("README.md", "```console\nanew\n```\n")).toEqual([]);
    expect(await findings("a.ts", "const nobody = anew(whatever);")).toEqual([]);
});

it("rejects the polite form and inconsistent terms in Japanese documents", async () => {
    expect(await findings("README.ja.md", "ラボを作ります。self checkは失敗する。\n")).toHaveLength(2);
    expect(await findings("README.ja.md", "応答しません: 理由\n")).toHaveLength(1);
    expect(await findings("README.ja.md", "ラボを作る。Podのセルフチェックは失敗する。\n")).toEqual([]);
});
