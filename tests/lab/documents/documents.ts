import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../../infra/config/config-files";
import { type Section, sectionsOf } from "./markdown";

/** The languages of every contest document. */
export const languages = ["ja", "en"] as const;

/** Returns the sections of docs/<name>.<language>.md. */
export function readDocument(name: "problem" | "solution", language: (typeof languages)[number]): Section[] {
    return sectionsOf(readFileSync(join(repositoryRoot, "docs", `${name}.${language}.md`), "utf8"));
}
