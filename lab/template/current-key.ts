import { join, resolve } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import type { Settings } from "../../infra/config/settings";
import { chooseAccelerator } from "../../infra/preflight/accelerator";
import { thisMachine } from "../../infra/preflight/host-facts";
import { type TemplateKey, templateKey } from "./key";

/** The key of the template that fits a stack with these settings on this machine. */
export async function currentKey(settings: Settings): Promise<TemplateKey> {
    const kernel = join(resolve(repositoryRoot, settings.image), "vmlinuz");
    return templateKey(settings, await chooseAccelerator(settings, kernel, thisMachine));
}
