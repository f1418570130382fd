import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../programs";
import { isShellScript, sourceFiles } from "./files";

needs("git").describe("sourceFiles", () => {
    const folder = mkdtempSync(join(tmpdir(), "files-"));

    beforeAll(() => {
        execFileSync("git", ["init", "--quiet"], { cwd: folder });
        mkdirSync(join(folder, "sdks"));
        const files = {
            ".gitignore": "ignored\n",
            ignored: "",
            "sdks/index.ts": "",
            "build.sh": "echo",
            script: "#!/usr/bin/env bash\n",
            program: "#!/usr/bin/env node\n",
            text: "sh",
        };
        for (const [name, content] of Object.entries(files)) {
            writeFileSync(join(folder, name), content);
        }
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it("lists the files that Git would add, without generated ones", () => {
        expect(sourceFiles(folder).sort()).toEqual([".gitignore", "build.sh", "program", "script", "text"]);
    });

    it("leaves shell scripts to be detected by extension or interpreter", () => {
        expect(sourceFiles(folder).filter((file) => isShellScript(file, folder))).toEqual(["build.sh", "script"]);
    });
});
