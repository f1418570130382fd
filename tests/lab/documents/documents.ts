import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../../infra/config/config-files";
import { type Section, sectionsOf } from "./markdown";

/** The languages that every contest document is written in. */
export const languages = ["ja", "en"] as const;

/** The sections of docs/<name>.<language>.md. */
export function readDocument(name: "problem" | "solution", language: (typeof languages)[number]): Section[] {
    return sectionsOf(readFileSync(join(repositoryRoot, "docs", `${name}.${language}.md`), "utf8"));
}
