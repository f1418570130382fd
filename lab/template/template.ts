import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { shellWord } from "../../infra/preflight/shell-word";
import { writeAtomically } from "../../infra/preflight/write-atomically";
import { type Cell, CellError } from "../cell/cell";
import { stateFolder } from "../cell/state-folder";
import { loadLab } from "../checkpoint/load";
import { readSavedMachines } from "../checkpoint/record";
import { saveMachines } from "../checkpoint/save";
import { saveStack } from "../checkpoint/stack-state";
import { keyName, type TemplateKey } from "./key";

/** Number of templates that are kept; `LAB_TEMPLATES` overrides it. */
const defaultLimit = 3;

/** Days after which a template is too old: Kubernetes' certificates are valid for a year from the build. */
const maximumAge = 300;

const recordSchema = z.object({
    key: z.object({ accelerator: z.enum(["kvm", "tcg"]) }).catchall(z.string()),
    /** ISO 8601. */
    created: z.string(),
});

/** A built lab, saved: machines, keys and the stack's state. */
export interface Template {
    name: string;
    folder: string;
    key: TemplateKey;
    created: Date;
    /** Time of the last start of a lab from it. */
    used: Date;
    /** Bytes that the files take on disk. */
    size: number;
    /** The reason why no lab can start from it; undefined when it is complete. */
    damage: string | undefined;
}

function templatesFolder(): string {
    return join(stateFolder(), "templates");
}

/** All templates of this user, also damaged ones, the one used last first. */
export async function listTemplates(): Promise<Template[]> {
    const folder = templatesFolder();
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const templates = await Promise.all(names.map((name) => readTemplate(join(folder, name), name)));
    return templates.filter((template) => template !== undefined).sort((a, b) => b.used.getTime() - a.used.getTime());
}

/** The template with that key; undefined when there is none, it is damaged, or older than 300 days. */
export async function findTemplate(key: TemplateKey, log: (line: string) => void): Promise<Template | undefined> {
    const template = await readTemplate(join(templatesFolder(), keyName(key)), keyName(key));
    if (template === undefined) {
        return undefined;
    }
    if (template.damage !== undefined) {
        log(`${template.damage}\nBuilding without it`);
        return undefined;
    }
    const age = (Date.now() - template.created.getTime()) / 86_400_000;
    if (age > maximumAge) {
        log(
            `The template ${template.name} is ${Math.round(age)} days old; its certificates expire after a year. Building`,
        );
        return undefined;
    }
    return template;
}

/**
 * Saves the cell's lab as a template and removes the templates that exceed the limit. Cell.locked must be held.
 *
 * @throws CellError for a limit that is no number
 */
export async function saveTemplate(cell: Cell, key: TemplateKey, log: (line: string) => void): Promise<Template> {
    const limit = templateLimit();
    const folder = join(templatesFolder(), keyName(key));
    await saveMachines(cell, folder, {
        complete: async (partial) => {
            await saveStack(cell.record.stack, partial, { forTemplate: true });
            writeAtomically(join(partial, "template.json"), JSON.stringify({ key, created: new Date().toISOString() }));
        },
        log,
    });
    const others = (await listTemplates()).filter(({ name }) => name !== keyName(key));
    for (const { folder } of others.slice(limit - 1)) {
        await rm(folder, { recursive: true });
    }
    return (await readTemplate(folder, keyName(key))) as Template;
}

function templateLimit(): number {
    const text = process.env.LAB_TEMPLATES || String(defaultLimit);
    if (!/^[1-9]\d*$/.test(text)) {
        throw new CellError(
            `LAB_TEMPLATES is ${text}. It must be a whole number, 1 or more: export LAB_TEMPLATES=${defaultLimit}`,
        );
    }
    return Number(text);
}

/** Restores the template's state of the cell's lab and its stack. Cell.locked must be held. */
export async function startFromTemplate(cell: Cell, { folder }: Template, log: (line: string) => void): Promise<void> {
    await loadLab(cell, folder, log);
    await utimes(join(folder, "template.json"), new Date(), new Date());
}

/** Removes a template; labs that were started from it stay. */
export async function removeTemplate({ folder }: Template): Promise<void> {
    await rm(folder, { recursive: true });
}

async function readTemplate(folder: string, name: string): Promise<Template | undefined> {
    if (name.includes(".") || !existsSync(folder)) {
        return undefined;
    }
    const { key, created, used, damage } = readRecord(folder);
    // Another command may remove it at this moment.
    return { name, folder, key, created, used, size: await sizeOf(folder).catch(() => 0), damage };
}

async function sizeOf(folder: string): Promise<number> {
    const paths = (await readdir(folder, { recursive: true })).map((path) => join(folder, path));
    const blocks = await Promise.all(paths.map(async (path) => (await stat(path)).blocks));
    return blocks.reduce((sum, count) => sum + count * 512, 0);
}

function readRecord(folder: string): Pick<Template, "key" | "created" | "used" | "damage"> {
    const file = join(folder, "template.json");
    const used = statSync(file, { throwIfNoEntry: false })?.mtime ?? new Date(0);
    try {
        readSavedMachines(folder);
        const { key, created } = recordSchema
            .refine(({ key }) => keyName(key) === basename(folder))
            .parse(JSON.parse(readFileSync(file, "utf8")));
        return { key, created: new Date(created), used, damage: undefined };
    } catch (error) {
        const reason =
            error instanceof CellError
                ? error.message
                : `The template ${folder} has no readable template.json. Remove it: rm -r ${shellWord(folder)}`;
        return { key: { accelerator: "tcg" }, created: used, used, damage: reason };
    }
}
