import { type Command, Option } from "commander";
import { addressPlan } from "../../infra/config/address-plan";
import { withLab } from "../lib/with-lab";
import { nextHint } from "./next-hint";
import { observe } from "./observe";
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
            "the next hint for the lab's state; without --step the gentlest one\n" +
                "Changes nothing and keeps no count of what was asked.",
        )
        .addOption(
            new Option("--step <n>", "how deep: 1 where to look, 2 what it means, 3 what to do")
                .choices(["1", "2", "3"])
                .default("1"),
        )
        .addOption(new Option("--lang <language>", "language of the hint").choices(languages).default("en"))
        .action(({ step, lang }: HintOptions) =>
            withLab(program.opts().stack, async (machines, stack) => {
                const observation = await observe(machines, stack, (progress) => console.error(progress));
                const steps = hintSteps(nextHint(observation), lang, addressPlan(stack.network));
                console.log(hintText(steps, Number(step), lang));
                return 0;
            }),
        );
}

/** How to get deeper. */
const deeper: Record<Language, (step: number) => string> = {
    en: (step) => `Deeper: lab hint --step ${step}`,
    ja: (step) => `次の段階: lab hint --step ${step} --lang ja`,
};

/** The steps down to one, and how to get deeper. */
export function hintText(steps: string[], step: number, language: Language): string {
    const shown = steps.slice(0, step).map((text, i) => `${i + 1}. ${stepTitles[language][i]}\n${text}\n`);
    return [...shown, ...(step < steps.length ? [deeper[language](step + 1)] : [])].join("\n");
}
