import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseDocument, YAMLMap } from "yaml";
import { projectName } from "./project";

/** Removes `fixed` from the configuration file of the stack `$PULUMI_STACK`; runs in the folder of Pulumi.yaml. */
export const unsetFixedCommand = "node --import tsx infra/config/unset-fixed.ts";

/**
 * The text of a stack's configuration file without the setting `fixed`; everything else, comments included, is unchanged.
 *
 * @param text Pulumi.<stack>.yaml, https://www.pulumi.com/docs/iac/concepts/config/#configuration-file-format
 * @throws YAMLParseError when the text is not YAML
 */
export function withoutFixed(text: string): string {
    const document = parseDocument(text);
    if (document.errors[0]) {
        throw document.errors[0];
    }
    const path = ["config", `${projectName}:fixed`];
    if (!document.hasIn(path)) {
        return text;
    }
    document.deleteIn(path);
    const config = document.get("config");
    if (config instanceof YAMLMap && config.items.length === 0) {
        document.delete("config");
    }
    return document.toString({ lineWidth: 0 });
}

/**
 * Removes the setting `fixed` from a stack's configuration file in the current folder.
 *
 * `pulumi config rm` would need the backend, and the stack's organization there; the file needs neither.
 *
 * @param stack the stack's name; without a configuration file nothing is changed
 */
export function unsetFixed(stack: string): void {
    const file = `Pulumi.${stack}.yaml`;
    if (!existsSync(file)) {
        return;
    }
    const before = readFileSync(file, "utf8");
    const after = withoutFixed(before);
    if (after !== before) {
        writeFileSync(file, after);
    }
}

if (require.main === module) {
    unsetFixed(process.env.PULUMI_STACK ?? "");
}
