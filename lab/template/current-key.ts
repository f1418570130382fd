import { repositoryRoot } from "../../infra/config/config-files";
import { chooseAccelerator } from "../../infra/preflight/accelerator";
import { localHost } from "../../infra/preflight/host-facts";
import { Inspection } from "../../infra/preflight/inspection";
import { contextOf } from "../doctor/context";
import { settingsOf } from "../up/settings";
import { type TemplateKey, templateKey } from "./key";

/** The key of the template that matches a stack's settings on this machine. */
export async function currentKey(stack: string): Promise<TemplateKey> {
    const inspection = new Inspection(localHost, { ...contextOf(stack, repositoryRoot, localHost), deadline: 30 });
    try {
        return await templateKey(settingsOf(stack), (await chooseAccelerator(inspection)) ?? "tcg");
    } finally {
        await inspection.close();
    }
}
