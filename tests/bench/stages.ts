import { machineNames } from "../../infra/config/address-plan";
import { milestones } from "../../lab/up/milestones";

/** A command of the repository. */
export interface StageCommand {
    line: string;
    /** Exit code of a success; default 0. */
    exitCode?: number;
    /** Seconds for which the command is repeated until it succeeds; default 0. */
    deadline?: number;
}

/** A moment inside a command: a number of lines of its output, default 1. */
export interface Moment {
    name: string;
    pattern: RegExp;
    count?: number;
}

/** A part of a lab's life: one result, or one for each moment. */
export interface Stage {
    name: string;
    commands: readonly StageCommand[];
    moments?: readonly Moment[];
    /** Whether the stack is emptied before, which is not measured; default: it continues from the stage before. */
    withoutLab?: boolean;
}

/** Exit code of `lab check` for a lab that is not solved. */
const notSolved = 1;

/** Seconds until a lab can be graded after its start; wide enough for software emulation. */
const verdictDeadline = 300;

/** The moment at which `lab up` has reported all of these milestones. */
const reached = (name: string, titles: readonly string[]): Moment => ({
    name,
    pattern: new RegExp(`^\\[[^\\]]*\\] (${titles.join("|")})(;|$)`),
    count: titles.length,
});

const momentsOfBuild = [
    reached(
        "build: six machines reachable",
        machineNames.map((name) => `first boot of ${name}`),
    ),
    reached("build: three nodes Ready", ["three Ready nodes"]),
    reached(
        "build: broken lab",
        milestones.map(({ title }) => title),
    ),
    { name: "build: template saved", pattern: /^Saved the template / },
];

/** The stages in their order. */
export function stagesOf(stack: string): Stage[] {
    const lab = (args: string, exitCode?: number) => ({ line: `bin/lab --stack ${stack} ${args}`, exitCode });
    const pulumi = (args: string) => ({ line: `bin/pulumi ${args} --stack ${stack}` });
    const verdict = lab("check --deadline 0", notSolved);
    return [
        { name: "image, found in the cache", commands: [{ line: "image/build.sh" }] },
        { name: "build", commands: [lab("up --fresh")], moments: momentsOfBuild, withoutLab: true },
        {
            name: "lab from template, with verdict",
            commands: [lab("up"), { ...verdict, deadline: verdictDeadline }],
            withoutLab: true,
        },
        { name: "lab status", commands: [lab("status")] },
        { name: "lab hint", commands: [lab("hint")] },
        { name: "lab check, broken", commands: [verdict] },
        { name: "lab reset", commands: [lab("reset")] },
        { name: "lab stop", commands: [lab("stop")] },
        { name: "lab start", commands: [lab("start")] },
        { name: "solve", commands: [pulumi("up --yes --skip-preview -c fixed=true")] },
        { name: "lab check, solved", commands: [lab("check")] },
        { name: "preview without change", commands: [pulumi("preview --expect-no-changes")] },
        { name: "break again", commands: [pulumi("up --yes --skip-preview -c fixed=false")] },
        { name: "destroy", commands: [pulumi("destroy --yes --skip-preview")] },
    ];
}
