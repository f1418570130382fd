/**
 * `make test`: all tests, with those on a real lab. `--all` adds the life cycle (`make test-all`). Names of files in tests/lab
 * and tests/life-cycle, without `.test.ts`, select only these; `--static` adds the tests that need no lab.
 *
 * The lab's tests use a separate stack and cell. Each file begins with the broken lab, which `lab reset` restores. They
 * remove the lab at the end, and change no other stack, cell or selection.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../infra/config/config-files";
import { Cell } from "../lab/cell/cell";
import { runInCell } from "../lab/cell/enter";
import { removeStack } from "../lab/lib/pulumi";
import { attach } from "../lab/lib/run";
import { testStack } from "./lab/stack";

interface Step {
    title: string;
    run: () => Promise<number>;
    /** Whether the steps after it run although it fails; default: no. */
    independent?: boolean;
}

const inRepository = (command: string, ...args: string[]) => attach(command, args, { cwd: repositoryRoot });
const lab = (...args: string[]) => inRepository("bin/lab", "--stack", testStack, ...args);
const vitest = (project: string, file: string) =>
    [
        process.execPath,
        "node_modules/vitest/vitest.mjs",
        "run",
        "--project",
        project,
        "--reporter=verbose",
        file,
    ] as const;

const withoutLab: Step[] = [
    { title: "Linters", run: () => inRepository("npm", "run", "--silent", "lint") },
    { title: "Type checks", run: () => inRepository("npm", "run", "--silent", "typecheck") },
    { title: "Unit tests", run: () => inRepository("npm", "test", "--silent") },
    { title: "Tests of shell scripts", run: () => inRepository("npm", "run", "--silent", "test:shell") },
    { title: "Tests of the plugins", run: () => inRepository("offline/test-plugins.sh") },
];

/** A step for each file of tests/lab: it runs in the test lab's cell, after a reset. */
const onLab = (names: string[]): Step[] =>
    names.map((name) => ({
        title: `Lab: ${name}`,
        independent: true,
        run: async () => {
            const reset = await lab("reset");
            const cell = Cell.of(testStack);
            return reset || cell === undefined
                ? reset || 1
                : runInCell(cell, vitest("lab", `tests/lab/${name}.test.ts`));
        },
    }));

/** A step for each file of tests/life-cycle: it builds, clones and destroys labs. */
const lifeCycle = (names: string[]): Step[] =>
    names.map((name) => ({
        title: `Life cycle: ${name}`,
        independent: true,
        run: async () => {
            const exitCode = await inRepository(...vitest("life-cycle", `tests/life-cycle/${name}.test.ts`));
            await removeLifeCycleLabs();
            return exitCode;
        },
    }));

/** Removes the labs of a file of tests/life-cycle that was interrupted. */
async function removeLifeCycleLabs(): Promise<void> {
    const folder = join(repositoryRoot, ".lab", "cells");
    const stacks = existsSync(folder) ? readdirSync(folder).filter((stack) => stack.startsWith("life-")) : [];
    for (const stack of stacks) {
        const cell = Cell.of(stack);
        await (cell ? inRepository("bin/lab", "cells", "--remove", cell.id) : undefined);
        await removeStack(stack);
    }
}

const start: Step = { title: "Start the test lab", run: () => lab("up") };

const end: Step = {
    title: "Remove the test lab",
    run: async () => {
        const destroyed = await inRepository("bin/pulumi", "destroy", "--yes", "--skip-preview", "--stack", testStack);
        if (destroyed === 0) {
            await removeStack(testStack);
        }
        return destroyed;
    },
};

const testFiles = (folder: string) =>
    readdirSync(join(repositoryRoot, "tests", folder))
        .filter((file) => file.endsWith(".test.ts"))
        .map((file) => file.replace(/\.test\.ts$/, ""))
        .sort();

/** The steps for these arguments. @throws Error for a name that is no test file */
export function plan(args: string[]): Step[] {
    const [labFiles, lifeCycleFiles] = [testFiles("lab"), testFiles("life-cycle")];
    const names = args.filter((argument) => !argument.startsWith("--"));
    const unknown = names.find((name) => !labFiles.includes(name) && !lifeCycleFiles.includes(name));
    if (unknown !== undefined) {
        throw new Error(`There is no test file ${unknown}. There are: ${[...labFiles, ...lifeCycleFiles].join(", ")}`);
    }
    const selected = (files: string[]) => (names.length > 0 ? files.filter((file) => names.includes(file)) : files);
    const steps = onLab(selected(labFiles));
    return [
        ...(names.length === 0 || args.includes("--static") ? withoutLab : []),
        ...(steps.length > 0 ? [start, ...steps, end] : []),
        ...(names.length > 0 || args.includes("--all") ? lifeCycle(selected(lifeCycleFiles)) : []),
    ];
}

async function main(): Promise<number> {
    const steps = plan(process.argv.slice(2));
    const began = Date.now();
    const failed: string[] = [];
    let passed = 0;
    let stopped = false;
    let started = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        // The running step ends by it, too.
        process.on(signal, () => {
            stopped = true;
        });
    }
    for (const [index, { title, run, independent = false }] of steps.entries()) {
        if (title === end.title ? !started : stopped) {
            continue;
        }
        started ||= title === start.title;
        console.error(`\n[${index + 1}/${steps.length}, ${Math.round((Date.now() - began) / 1000)} s] ${title}`);
        if ((await run()) !== 0) {
            failed.push(title);
            stopped ||= !independent;
        } else {
            passed++;
        }
    }
    const elapsed = `${Math.round((Date.now() - began) / 1000)} s`;
    console.error(
        failed.length > 0 ? `\nFailed after ${elapsed}: ${failed.join(", ")}` : `\nAll steps passed in ${elapsed}.`,
    );
    // CI systems read the last line of this form.
    console.log(`${passed} passed, ${failed.length} failed`);
    return failed.length > 0 ? 1 : 0;
}

if (require.main === module) {
    main().then((exitCode) => {
        process.exitCode = exitCode;
    });
}
