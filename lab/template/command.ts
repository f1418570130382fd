import type { Command } from "commander";
import { CellError } from "../cell/cell";
import { requireUnused } from "../cell/lifetime";
import { cellOf, outside } from "../cell/outside";
import { currentKey } from "./current-key";
import { differences, keyName } from "./key";
import { listTemplates, removeTemplate, saveTemplate } from "./template";

/** Adds `lab templates`, and the hidden command by which `lab up` saves one. */
export function addTemplatesCommand(program: Command): void {
    program
        .command("templates")
        .description("list the saved labs from which make up and lab clone start labs")
        .option("--json", "print the list as JSON")
        .option("--remove <name>", "remove one template; labs that were started from it stay")
        .option("--remove-all", "remove all templates")
        .action((options: { json?: boolean; remove?: string; removeAll?: boolean }) =>
            outside(program.opts().stack ?? "", async () => {
                const templates = await listTemplates();
                if (options.removeAll || options.remove !== undefined) {
                    const doomed = templates.filter(({ name }) => options.removeAll || name === options.remove);
                    if (doomed.length === 0 && options.remove !== undefined) {
                        throw new CellError(
                            `There is no template ${options.remove}. List the existing ones: lab templates`,
                        );
                    }
                    for (const template of doomed) {
                        await removeTemplate(template);
                        console.log(`Removed the template ${template.name}.`);
                    }
                    return 0;
                }
                if (options.json) {
                    console.log(JSON.stringify(templates));
                    return 0;
                }
                const current = await currentKey(program.opts().stack ?? "dev").catch(() => undefined);
                for (const { name, created, size, key, damage } of templates) {
                    const differing = current === undefined ? [] : differences(key, current);
                    const differs = differing.length === 0 ? "fits" : `differs in ${differing.join(", ")}`;
                    const fits = damage === undefined ? differs : "damaged";
                    console.log(
                        `${name}  ${created.toISOString().slice(0, 16)}Z  ${(size / 2 ** 30).toFixed(1)} GiB  ${fits}`,
                    );
                }
                return 0;
            }),
        );
    program
        .command("save-template <key>", { hidden: true })
        .description("save the stack's lab, which must be as built, as the template with that key")
        .action((expected: string) =>
            outside(
                program.opts().stack,
                async (stack, log) => {
                    const cell = cellOf(stack);
                    const key = await currentKey(stack);
                    if (keyName(key) !== expected) {
                        throw new CellError(
                            "The program or the settings changed during the build. Build again: make up FRESH=1",
                        );
                    }
                    const { name, size } = await cell.locked(() => {
                        requireUnused(cell);
                        log("Saving the lab as a template: its machines pause for some seconds");
                        return saveTemplate(cell, key, log);
                    });
                    log(
                        `Saved the template ${name} (${(size / 2 ** 30).toFixed(1)} GiB): the next lab starts from it within seconds`,
                    );
                    return 0;
                },
                { detached: true },
            ),
        );
}
