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

it("names one oldest version of Node.js", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(engines.node).toBe(`>=${versions.NODE_OLDEST}`);
    expect(readme).toContain(`Node.js ${versions.NODE_OLDEST} or later`);
});

it("names existing files in the workflows", () => {
    const workflow = readFileSync(".github/workflows/test.yml", "utf8");
    const files = Array.from(workflow.matchAll(/-version-file: (\S+)/g), ([, file]) => file as string);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
