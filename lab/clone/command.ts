import type { Command } from "commander";
import { capacity, requireCapacity } from "../cell/capacity";
import { CellError } from "../cell/cell";
import { outside } from "../cell/outside";
import { readStack } from "../lib/stack";
import { currentKey } from "../template/current-key";
import { startNewLab } from "../template/start-lab";
import { findTemplate } from "../template/template";
import { ensureStack } from "../up/create-stack";
import { copySettings } from "../up/settings";

/** Adds `lab clone`. */
export function addCloneCommand(program: Command): void {
    program
        .command("clone <name>")
        .description("create a stack with another broken lab from the template; settings are copied")
        .action((name: string) =>
            outside(
                program.opts().stack,
                async (source, log) => {
                    await cloneLab(source, name, log);
                    console.log(`The lab ${name} runs. Use it: lab --stack ${name} status`);
                    return 0;
                },
                { detached: true },
            ),
        );
}

/**
 * Creates a stack with another lab from the template that matches the source's settings. `pulumi destroy` and
 * `pulumi stack rm` undo it.
 *
 * @throws CellError when there is no template, or the stack has a lab
 */
export async function cloneLab(source: string, name: string, log: (line: string) => void): Promise<void> {
    const template = await findTemplate(await currentKey(source), log);
    if (template === undefined) {
        throw new CellError(`No template matches the stack ${source}. Build one: make up STACK=${source}`);
    }
    requireCapacity(await capacity(), { accelerator: template.key.accelerator, fromTemplate: true });
    await ensureStack(name);
    const { built } = await readStack(name);
    if (built !== "nothing") {
        throw new CellError(`The stack ${name} already has a lab. Destroy it: pulumi destroy --stack ${name}`);
    }
    copySettings(source, name);
    await startNewLab(template, name, log);
}
