import { type Command, Option } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { gather } from "../check/evidence/gather";
import { print } from "../lib/print";
import { printable } from "../lib/printable";
import { withLab } from "../lib/with-lab";
import { factsOf } from "./facts";
import { nextHint } from "./next-hint";
import { hintSteps, type Language, languages, stepTitles } from "./texts";

interface HintOptions {
    step: "1" | "2" | "3";
    lang: Language;
}

/** Adds `lab hint`. */
export function addHintCommand(program: Command): void {
    program
        .command("hint")
        .description(
            "print the next hint for the lab's state; without --step the least specific one\n" +
                "Changes nothing and does not count hints.",
        )
        .addOption(
            new Option("--step <n>", "1 where to look, 2 meaning, 3 action").choices(["1", "2", "3"]).default("1"),
        )
        .addOption(new Option("--lang <language>", "language of the hint").choices(languages).default("en"))
        .action(({ step, lang }: HintOptions) =>
            withLab(program.opts().stack, async (machines, outputs, stack) => {
                console.error("Examining the machines and the cluster");
                const facts = factsOf(await gather(machines, outputs, { stack }));
                const steps = hintSteps(nextHint(facts), lang, addressPlan(outputs.network));
                await print(printable(hintText(steps, Number(step), lang)));
                return 0;
            }),
        );
}

/** The command for the next step. */
const deeper: Record<Language, (step: number) => string> = {
    en: (step) => `Next step: lab hint --step ${step}`,
    ja: (step) => `次の段階: lab hint --step ${step} --lang ja`,
};

/** The steps up to one, and the command for the next. */
export function hintText(steps: string[], step: number, language: Language): string {
    const shown = steps.slice(0, step).map((text, i) => `${i + 1}. ${stepTitles[language][i]}\n${text}\n`);
    return [...shown, ...(step < steps.length ? [deeper[language](step + 1)] : [])].join("\n");
}
