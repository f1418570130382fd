import { defineConfig } from "vitest/config";
import { BaseSequencer, type Reporter, type TestCase } from "vitest/node";

/** Runs test files in the order of their names: each file of the project `lab` continues from the one before it. */
class InOrder extends BaseSequencer {
    override async sort(files: Parameters<BaseSequencer["sort"]>[0]) {
        return [...files].sort((a, b) => a.moduleId.localeCompare(b.moduleId));
    }
}

/** Prints each skipped test with its reason after a run; the default reporter prints only their number. */
class SkippedTests implements Reporter {
    private readonly lines: string[] = [];

    onTestCaseResult(test: TestCase): void {
        const result = test.result();
        if (result.state === "skipped") {
            this.lines.push(`${test.module.relativeModuleId}: ${test.fullName}: ${result.note ?? "no reason"}`);
        }
    }

    onTestRunEnd(): void {
        if (this.lines.length > 0) {
            console.log(["Skipped:", ...this.lines.map((line) => `  ${line}`)].join("\n"));
        }
    }
}

export default defineConfig({
    test: {
        reporters: ["default", new SkippedTests()],
        sequence: { sequencer: InOrder },
        projects: [
            {
                test: {
                    name: "unit",
                    include: ["**/*.test.ts"],
                    exclude: ["**/node_modules", "tests/lab/*.test.ts", "tests/life-cycle", "offline/conformance"],
                    testTimeout: 60_000,
                    hookTimeout: 60_000,
                },
            },
            {
                test: {
                    name: "lab",
                    include: ["tests/lab/*.test.ts"],
                    // One lab: each file continues from the one before it.
                    fileParallelism: false,
                    bail: 1,
                    // For software emulation on two cores.
                    testTimeout: 60 * 60_000,
                    hookTimeout: 60 * 60_000,
                },
            },
            {
                test: {
                    name: "life-cycle",
                    include: ["tests/life-cycle/*.test.ts"],
                    fileParallelism: false,
                    bail: 1,
                    testTimeout: 60 * 60_000,
                    hookTimeout: 60 * 60_000,
                },
            },
            {
                test: {
                    name: "plugins",
                    include: ["offline/conformance/*.test.ts"],
                    // In a file, each test continues from the one before it.
                    bail: 1,
                    testTimeout: 10 * 60_000,
                    hookTimeout: 10 * 60_000,
                },
            },
        ],
    },
});
