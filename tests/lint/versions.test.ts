import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const versions = Object.fromEntries(
    Array.from(readFileSync("toolchain/versions.env", "utf8").matchAll(/^(\w+)=(.+)$/gm), ([, name, value]) => [
        name,
        value,
    ]),
);
const readme = readFileSync("README.md", "utf8");

it("names one version of Node.js", () => {
    expect(readFileSync(".nvmrc", "utf8").trim()).toBe(versions.NODE_VERSION);
});

it("names one oldest major version of Node.js", () => {
    const oldest = versions.NODE_OLDEST?.split(".")[0];
    const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(engines.node).toBe(`>=${oldest}`);
    expect(readme).toContain(`Node.js ${oldest} or later`);
});

it("names existing files in the workflows", () => {
    const workflow = readFileSync(".github/workflows/test.yml", "utf8");
    const files = Array.from(workflow.matchAll(/-version-file: (\S+)/g), ([, file]) => file as string);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
