import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quoted } from "../../infra/preflight/shell-word";
import { framedScript, isComplete, longFile, missingFile, parseFrames, type Section } from "./framed-script";
import { run } from "./run";

/** Runs a script as sshd does: by a login shell that first prints something. */
async function runSections(sections: Section[], { before = "", stdin = "" } = {}) {
    const script = framedScript(sections);
    const { stdout } = await run("bash", ["-c", `${before}\n${script.command}`], {
        stdin,
        env: { SECRET: "inherited", BASH_ENV: "/nonexistent" },
    });
    return parseFrames(stdout, script);
}

it("separates sections, their exit codes and their standard error", async () => {
    expect(
        await runSections([
            { name: "one", commands: "echo a; echo b >&2; exit 3" },
            { name: "two", commands: `printf '%s' "it's"` },
        ]),
    ).toEqual({
        complete: true,
        sections: {
            one: { exitCode: 3, text: "a\nb\n", truncated: false },
            two: { exitCode: 0, text: "it's", truncated: false },
        },
    });
});

it("ignores what a startup file prints, its functions, its variables and its input", async () => {
    const before = "echo hello; grep() { echo fake; }; export -f grep; export LANG=de_DE.UTF-8";
    const { sections } = await runSections([{ name: "one", commands: "grep -c . /proc/self/status; cat; env" }], {
        before,
        stdin: "typed\n",
    });
    expect(sections.one?.text).toMatch(/^\d+\n/);
    expect(sections.one?.text).not.toMatch(/hello|fake|typed|inherited|LANG/);
});

it("keeps the sections that ended when the script did not", async () => {
    const script = framedScript([
        { name: "one", commands: "echo a" },
        { name: "two", commands: "sleep 1" },
    ]);
    const { stdout } = await run("bash", ["-c", `timeout 0.5 ${script.command}`]);
    expect(parseFrames(stdout, script)).toEqual({
        complete: false,
        sections: { one: { exitCode: 0, text: "a\n", truncated: false } },
    });
});

it.each([
    [true, { exitCode: 0, text: "", truncated: false }],
    [true, { exitCode: 1, text: "sha256sum: /x: No such file", truncated: false }],
    [true, { exitCode: missingFile, text: "", truncated: false }],
    [false, { exitCode: longFile, text: "", truncated: false }],
    [false, { exitCode: 0, text: "", truncated: true }],
    [false, { exitCode: 137, text: "", truncated: false }],
])("finds %s that a section with %o is complete", (complete, output) => {
    expect(isComplete(output)).toBe(complete);
});

it("finds nothing in output without the marker", () => {
    const script = framedScript([{ name: "one", commands: "echo a" }]);
    const fake = `\n${"0".repeat(32)} begin one\nfine\n${"0".repeat(32)} end one 0\n`;
    expect(parseFrames(fake, script)).toEqual({ complete: false, sections: {} });
});

it.each([true, false])("ends endless output at the limit (background: %s)", async (background) => {
    const { sections, complete } = await runSections([{ name: "one", commands: "yes", limit: 1000, background }]);
    expect(complete).toBe(true);
    expect(sections.one?.truncated).toBe(true);
    expect(sections.one?.text).toHaveLength(1000);
});

it("runs background sections at the same time and removes their files", async () => {
    // Each ends only after the other began.
    const meet = (own: string, other: string) =>
        `touch "$directory/${own}"; until [[ -e $directory/${other} ]]; do sleep 0.1; done; echo ${own}; false`;
    const { sections } = await runSections([
        { name: "one", commands: meet("first", "second"), background: true },
        { name: "two", commands: meet("second", "first"), background: true },
        { name: "directory", commands: 'echo "$directory"' },
    ]);
    expect(sections.two).toEqual({ exitCode: 1, text: "second\n", truncated: false });
    const directory = sections.directory?.text.trim() ?? "";
    expect(directory).toMatch(/^\/tmp\/./);
    expect(existsSync(directory)).toBe(false);
});

describe("the function", () => {
    const section = (commands: string) => runSections([{ name: "one", commands, builtin: true }]);

    it("file prints a regular file as it is", async () => {
        expect((await section("file /etc/passwd; exit")).sections.one?.text).toMatch(/^root:.*\n$/s);
    });

    it.each(["file /nonexistent", "file /dev/zero", "kernelFile /proc/nonexistent"])(
        "%s reports it as missing",
        async (commands) => {
            expect((await section(commands)).sections.one).toMatchObject({ exitCode: missingFile, text: "" });
        },
    );

    it("file reports a file that it does not print completely", async () => {
        const one = (await section("seq 20001 >/tmp/$$; file /tmp/$$; code=$?; rm /tmp/$$; exit $code")).sections.one;
        expect(one).toMatchObject({ exitCode: longFile, text: expect.stringMatching(/\n20000\n$/) });
        const all = (await section("seq 20000 >/tmp/$$; file /tmp/$$; code=$?; rm /tmp/$$; exit $code")).sections.one;
        expect(all).toMatchObject({ exitCode: 0, text: expect.stringMatching(/\n20000\n$/) });
    });

    it("kernelFile prints a file of the kernel", async () => {
        expect((await section("kernelFile /proc/sys/kernel/ostype")).sections.one?.text).toBe("Linux\n");
    });

    it("file does not use up the machine's memory", async () => {
        const endless = `truncate --size=2G /tmp/$$; file /tmp/$$ | wc -c; rm /tmp/$$`;
        const { sections } = await section(endless);
        expect(Number(sections.one?.text.match(/\d+$/m)?.[0])).toBe(0);
    });

    it("file that exceeds its memory leaves the section incomplete", async () => {
        const directory = mkdtempSync(join(tmpdir(), "framed-"));
        try {
            await writeFile(join(directory, "long"), "");
            await truncate(join(directory, "long"), 2 ** 31);
            const { one } = (await section(`file ${directory}/long`)).sections;
            expect(one && isComplete(one)).toBe(false);
        } finally {
            rmSync(directory, { recursive: true });
        }
    });
});

it("quotes any text for a shell", async () => {
    const text = `a'b"c$d\`e\\f\n'`;
    expect((await run("sh", ["-c", `printf %s ${quoted(text)}`])).stdout).toBe(text);
});
