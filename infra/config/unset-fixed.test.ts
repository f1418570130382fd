import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "./config-files";
import { unsetFixedCommand, withoutFixed } from "./unset-fixed";

const network = "  certificate-lab:network: 192.168.77.0/24\n";

describe("withoutFixed", () => {
    it.each([
        ["the form that Pulumi writes", `config:\n  certificate-lab:fixed: "true"\n${network}`, `config:\n${network}`],
        ["a boolean after other settings", `config:\n${network}  certificate-lab:fixed: true\n`, `config:\n${network}`],
        ["the only setting", 'config:\n  certificate-lab:fixed: "true"\n', "{}\n"],
        [
            "quotes, comments and wide indentation",
            `# mine\nconfig:\n    "certificate-lab:fixed": 'true' # solved\n  ${network}`,
            `# mine\nconfig:\n${network}`,
        ],
        [
            "a mapping in one line",
            "config: {certificate-lab:fixed: true, certificate-lab:network: 192.168.77.0/24}\n",
            "config: { certificate-lab:network: 192.168.77.0/24 }\n",
        ],
        [
            "an encrypted value",
            `encryptionsalt: v1:kCnP\nconfig:\n  certificate-lab:fixed:\n    secure: v1:Vt0k:Q4FEYg==\n${network}`,
            `encryptionsalt: v1:kCnP\nconfig:\n${network}`,
        ],
    ])("removes %s", (_, text, rest) => {
        expect(withoutFixed(text)).toBe(rest);
    });

    it("returns a text without the setting unchanged", () => {
        const text = `config: {  }   # as written\nother:\n${network}`;
        expect(withoutFixed(text)).toBe(text);
    });

    it("keeps the setting of another project", () => {
        const text = "config:\n  other:fixed: true\n";
        expect(withoutFixed(text)).toBe(text);
    });

    it("rejects a text that is not YAML", () => {
        expect(() => withoutFixed("config: [")).toThrow();
    });
});

describe("the command that pulumi destroy runs", () => {
    let folder: string;
    const run = (stack: string) =>
        execFileSync("sh", ["-c", unsetFixedCommand], { cwd: folder, env: { ...process.env, PULUMI_STACK: stack } });

    beforeEach(() => {
        // A copy of the repository in a folder whose name needs quotes.
        folder = mkdtempSync(join(tmpdir(), "it's a copy "));
        execFileSync("ln", ["-s", join(repositoryRoot, "infra"), join(repositoryRoot, "node_modules"), folder]);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("edits the stack's file only", () => {
        for (const stack of ["dev", "dev-2"]) {
            writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config:\n  certificate-lab:fixed: true\n");
        }
        run("dev");
        expect(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")).toBe("{}\n");
        expect(readFileSync(join(folder, "Pulumi.dev-2.yaml"), "utf8")).toContain("fixed: true");
    });

    it("creates no file for a stack without one", () => {
        run("dev");
        expect(existsSync(join(folder, "Pulumi.dev.yaml"))).toBe(false);
    });
});
