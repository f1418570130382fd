import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { describe, it, type TestContext } from "vitest";

/** The programs among `names`, absolute or in a folder of `path`, that are not executable files. */
export function missingPrograms(names: readonly string[], path = process.env.PATH ?? ""): string[] {
    const folders = path.split(delimiter);
    return names.filter((name) =>
        isAbsolute(name) ? !isExecutable(name) : !folders.some((folder) => isExecutable(join(folder, name))),
    );
}

/**
 * Vitest's `it` and `describe` for tests that run programs which not every machine has. Where one is missing, the
 * tests are skipped and the reason is shown. In CI (`CI` is set) nothing is skipped, so that they fail there.
 *
 * @example needs("openssl").it("parses what openssl writes", () => ...)
 */
export function needs(...programs: string[]) {
    const missing = process.env.CI ? [] : missingPrograms(programs);
    const skip = (context: TestContext) => context.skip(`not installed: ${missing.join(", ")}`);
    return {
        it: (title: string, test: () => unknown) =>
            it(title, missing.length > 0 ? skip : async () => void (await test())),
        describe: (title: string, suite: () => void) =>
            describe(title, missing.length > 0 ? () => it("runs where its programs are installed", skip) : suite),
    };
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
