import { join } from "node:path";
import { repositoryRoot } from "../../infra/config/config-files";
import { capacity, requireCapacity } from "../cell/capacity";
import { usesCell } from "../cell/enter";
import { openCell } from "../cell/lifetime";
import { attach } from "../lib/run";
import { readStack, type Stack } from "../lib/stack";
import { currentKey } from "../template/current-key";
import { keyName } from "../template/key";
import { discardCell, startNewLab } from "../template/start-lab";
import { findTemplate } from "../template/template";
import { buildWithProgress } from "./build";
import { milestones } from "./milestones";
import { Progress } from "./progress";
import { runPulumi } from "./run-pulumi";
import { settingsOf } from "./settings";
import { awaitSymptom } from "./symptom";

export interface UpOptions {
    /** Builds the lab although a template matches; default false. */
    fresh?: boolean;
    /** Receives a line for each step. */
    log: (line: string) => void;
}

/**
 * Builds the stack's lab: from a template that matches, else with `pulumi up`, after which it saves a template. A lab that
 * exists is updated with `pulumi up`.
 *
 * @returns the exit code of `pulumi up`; 0 without it
 */
export async function bringUp(stackName: string, { fresh = false, log }: UpOptions): Promise<number> {
    const update = () => runPulumi(["up", "--yes", "--skip-preview", "--stack", stackName]);
    if (!usesCell(stackName)) {
        return update();
    }
    const { built }: Stack = await readStack(stackName);
    if (built === "completely") {
        return update();
    }
    const settings = settingsOf(stackName);
    const key = await currentKey(stackName);
    if (built === "nothing") {
        const template = fresh ? undefined : await findTemplate(key, log);
        await discardCell(stackName);
        requireCapacity(await capacity(), { accelerator: key.accelerator, fromTemplate: template !== undefined });
        if (template !== undefined) {
            await startNewLab(template, stackName, log);
            return settings.fixed ? update() : 0;
        }
    }
    const further = settings.fixed ? 0 : templateSteps.length;
    const progress = new Progress(milestones, further, log, Date.now, begun());
    const exitCode = await buildWithProgress(stackName, progress);
    if (exitCode === 0 && !settings.fixed) {
        await keepTemplate(stackName, keyName(key), progress, log);
    }
    return exitCode;
}

/** Start of `make up` in milliseconds; without make, the present time. */
function begun({ LAB_STARTED } = process.env): number {
    return LAB_STARTED ? Number(LAB_STARTED) * 1000 : Date.now();
}

/** The steps of {@link keepTemplate}. */
const templateSteps = ["failed self check in the challenge", "template"] as const;

/** Saves the broken lab as a template when it shows the symptom. A failure does not affect the lab. */
async function keepTemplate(
    stackName: string,
    key: string,
    progress: Progress,
    log: (line: string) => void,
): Promise<void> {
    const [symptom, template] = templateSteps;
    try {
        await awaitSymptom(await openCell(stackName, { log }), stackName);
        progress.reached(symptom);
        const save = ["--stack", stackName, "save-template", key];
        if ((await attach(join(repositoryRoot, "bin", "lab"), save)) === 0) {
            progress.reached(template);
        }
    } catch (error) {
        log(`No template was saved; the lab is not affected: ${(error as Error).message}`);
    }
}
