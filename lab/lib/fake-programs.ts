import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** Programs for tests, in a folder that is first on PATH during each test of the file. */
export function fakePrograms() {
    const fakes = {
        folder: "",
        /** Makes a program from a shell script. */
        make: async (name: string, script: string): Promise<void> => {
            const path = join(fakes.folder, name);
            await writeFile(path, `#!/bin/sh\n${script}\n`);
            await chmod(path, 0o755);
        },
    };
    beforeEach(async () => {
        fakes.folder = await mkdtemp(join(tmpdir(), "fake-programs-"));
        vi.stubEnv("PATH", `${fakes.folder}:/usr/bin:/bin`);
    });
    afterEach(async () => {
        vi.unstubAllEnvs();
        await rm(fakes.folder, { recursive: true });
    });
    return fakes;
}
