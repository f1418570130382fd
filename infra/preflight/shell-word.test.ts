import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellWord } from "./shell-word.ts";

it.each(["/home/ann/lab", "/home/ann/my lab", "/srv/it's a lab", "$HOME/`id`", ""])("quotes %j", (text) => {
    expect(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" })).toBe(text);
});

it("leaves a plain path as it is", () => {
    expect(shellWord("/var/tmp")).toBe("/var/tmp");
});
