import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type AddressPlan, domain, workerNames } from "../../infra/config/address-plan";
import { fillPlaceholders } from "../../infra/config/config-files";
import { printableLine } from "../lib/printable";
import { type Hint, hintNames } from "./hint";

export const languages = ["en", "ja"] as const;

export type Language = (typeof languages)[number];

/** Titles of a hint's steps, from the least to the most specific. */
export const stepTitles: Record<Language, [string, string, string]> = {
    en: ["Where to look", "Meaning", "Action"],
    ja: ["どこを見るか", "何を意味するか", "何をするか"],
};

const textsSchema = z.record(z.enum(hintNames), z.tuple([z.string(), z.string(), z.string()]));

/** The three steps of a hint, with the lab's addresses and the hint's details. Details are one line each. */
export function hintSteps({ name, details }: Hint, language: Language, plan: AddressPlan): string[] {
    const file = join(__dirname, "texts", `${language}.yaml`);
    const texts = textsSchema.parse(parse(readFileSync(file, "utf8")));
    const lines = Object.entries(details).map(([key, value]) => [key, printableLine(value, 600)]);
    return texts[name].map((text) =>
        fillPlaceholders(text.trimEnd(), { ...labValues(plan), ...Object.fromEntries(lines) }),
    );
}

/** Placeholders that every text may use. */
function labValues(plan: AddressPlan): Record<string, string> {
    const [worker] = workerNames;
    return {
        domain,
        site: `www.${domain}`,
        vip: plan.vip,
        clusterCidr: plan.clusterCidr,
        clusterGateway: plan.clusterGateway,
        acmeServer: plan.nameServer,
        worker: plan.machines[worker],
        workers: workerNames.map((name) => plan.machines[name]).join(", "),
    };
}
