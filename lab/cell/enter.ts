import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { selectedStack } from "../lib/pulumi";
import { attach } from "../lib/run";
import { Cell } from "./cell";
import { requireNoLostLab } from "./lost-lab";
import { inCell } from "./namespaces";
import { systemEnvironment } from "./run";

/** Set to the cell's ID in commands that run in a cell; `LAB_CELL=none` has labs use the system's libvirtd instead. */
const variable = "LAB_CELL";

/** Whether this process runs in a cell. */
export function isInCell(env: NodeJS.ProcessEnv = process.env): boolean {
    return env[variable] !== undefined && env[variable] !== "none";
}

/** The cell that this process runs in; undefined outside of cells. */
export function currentCell(env: NodeJS.ProcessEnv = process.env): Cell | undefined {
    return isInCell(env) ? Cell.open(env[variable] ?? "") : undefined;
}

/**
 * Whether a stack's lab runs in a cell: unless `LAB_CELL=none` is set or the stack's setting `libvirtUri` names a
 * hypervisor.
 */
export function usesCell(stack: string, env: NodeJS.ProcessEnv = process.env): boolean {
    const file = join(repositoryRoot, `Pulumi.${stack}.yaml`);
    const settings = existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined;
    return env[variable] !== "none" && settings?.config?.[`${projectName}:libvirtUri`] === undefined;
}

/**
 * Runs a command in the cell with this process' terminal and working directory.
 *
 * @returns its exit code
 */
export async function runInCell(cell: Cell, command: readonly string[]): Promise<number> {
    const environment = [`--chdir=${process.cwd()}`, `${variable}=${cell.id}`];
    const [program = "", ...args] = inCell(cell, ["env", ...environment, ...command]);
    return attach(program, args, { env: systemEnvironment() });
}

/** Runs this program again with the same arguments in the cell; returns its exit code. */
export function runAgainInCell(cell: Cell): Promise<number> {
    const [, script = "", ...args] = process.argv;
    return runInCell(cell, [process.execPath, ...process.execArgv, script, ...args]);
}

/**
 * Ends this process with the exit code of the same command run in the stack's cell. Returns where there is no cell to enter:
 * in a cell, or for a lab that runs outside of cells.
 *
 * @param stackName default: the selected stack
 * @throws CellError when the lab is stopped or has lost its cell
 */
export async function enterCell(stackName: string | undefined): Promise<void> {
    if (isInCell()) {
        return;
    }
    const stack = stackName ?? (await selectedStack());
    if (stack === undefined || !usesCell(stack)) {
        return;
    }
    const cell = Cell.of(stack);
    if (cell !== undefined) {
        process.exit(await runAgainInCell(cell));
    }
    await requireNoLostLab(stack);
}
