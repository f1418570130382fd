import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import { repositoryRoot } from "../../infra/config/config-files";
import { projectName } from "../../infra/config/project";
import { parseSettings, type Settings } from "../../infra/config/settings";
import { withoutFixed } from "../../infra/config/unset-fixed";
import { writeAtomically } from "../../infra/preflight/write-atomically";

/** A stack's file, https://www.pulumi.com/docs/iac/concepts/config/ */
function stackFile(stack: string): string {
    return join(repositoryRoot, `Pulumi.${stack}.yaml`);
}

/** The stack's settings with their defaults. @throws SettingsError */
export function settingsOf(stack: string): Settings {
    const file = existsSync(stackFile(stack)) ? parse(readFileSync(stackFile(stack), "utf8")) : undefined;
    const config = Object.entries(file?.config ?? {}).map(([key, value]) => [key, String(value)]);
    return parseSettings(Object.fromEntries(config));
}

/** Copies the settings of one stack to another, except `fixed`. */
export function copySettings(from: string, to: string): void {
    const config = existsSync(stackFile(from)) ? (parse(readFileSync(stackFile(from), "utf8"))?.config ?? {}) : {};
    const target = parseDocument(existsSync(stackFile(to)) ? readFileSync(stackFile(to), "utf8") : "");
    for (const [key, value] of Object.entries(config)) {
        if (key !== `${projectName}:fixed`) {
            target.setIn(["config", key], value);
        }
    }
    if (target.has("config")) {
        writeAtomically(stackFile(to), target.toString());
    }
}

/** Removes the setting `fixed` from a stack's file. */
export function unsetFixed(stack: string): void {
    if (existsSync(stackFile(stack))) {
        writeAtomically(stackFile(stack), withoutFixed(readFileSync(stackFile(stack), "utf8")));
    }
}
