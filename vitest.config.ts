import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        projects: [
            { test: { name: "unit", include: ["infra/**/*.test.ts", "lab/**/*.test.ts"], testTimeout: 60_000 } },
            {
                test: {
                    name: "lab",
                    include: ["tests/lab/**/*.test.ts"],
                    // One lab, one story: build, symptoms, solve, unsolve, destroy.
                    fileParallelism: false,
                    bail: 1,
                    // Wide enough for software emulation on two cores.
                    testTimeout: 30 * 60_000,
                    hookTimeout: 30 * 60_000,
                },
            },
        ],
    },
});
