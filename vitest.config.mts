import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

/** Runs the files of a story in the order of their names. */
class InOrder extends BaseSequencer {
    override async sort(files: Parameters<BaseSequencer["sort"]>[0]) {
        return [...files].sort((a, b) => a.moduleId.localeCompare(b.moduleId));
    }
}

export default defineConfig({
    test: {
        sequence: { sequencer: InOrder },
        projects: [
            {
                test: {
                    name: "unit",
                    include: ["infra/**/*.test.ts", "lab/**/*.test.ts", "image/**/*.test.ts", "tests/lab/*/*.test.ts"],
                    testTimeout: 60_000,
                    hookTimeout: 60_000,
                },
            },
            {
                test: {
                    name: "lab",
                    include: ["tests/lab/*.test.ts"],
                    // One lab, one story: each file goes on where the one before it ended.
                    fileParallelism: false,
                    bail: 1,
                    // Wide enough for software emulation on two cores.
                    testTimeout: 60 * 60_000,
                    hookTimeout: 60 * 60_000,
                },
            },
            {
                test: {
                    name: "plugins",
                    include: ["offline/conformance/*.test.ts"],
                    // In a file, each test goes on where the one before it ended.
                    bail: 1,
                    testTimeout: 10 * 60_000,
                    hookTimeout: 10 * 60_000,
                },
            },
        ],
    },
});
