import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/config/config-files";
import { type Milestone, milestones } from "../../lab/up/milestones";
import { Progress } from "../../lab/up/progress";
import { momentFinder } from "./run-stage";
import { stagesOf } from "./stages";

describe("stages", () => {
    const stages = stagesOf("bench");
    const lines = stages.flatMap(({ commands }) => commands.map(({ line }) => line));

    it("run programs of the repository, and only on the stack of the benchmark", () => {
        for (const line of lines) {
            expect(existsSync(join(repositoryRoot, line.split(" ")[0] ?? "")), line).toBe(true);
            expect(line === "image/build.sh" || / --stack bench( |$)/.test(line), line).toBe(true);
        }
    });

    it("have different names, so that a baseline has one result for each", () => {
        const names = stages.flatMap(({ name, moments }) => moments?.map((moment) => moment.name) ?? [name]);
        expect(new Set(names).size).toBe(names.length);
    });
});

describe("moments of a build", () => {
    /** The names of the moments in the output of a build that completes these resources. */
    const momentsIn = (completed: readonly Milestone[], ...further: string[]) => {
        const reached: string[] = [];
        const find = momentFinder(
            stagesOf("bench").flatMap(({ moments }) => moments ?? []),
            (name) => reached.push(name),
        );
        const progress = new Progress(milestones, 2, find);
        const event = (kind: "resourcePreEvent" | "resOutputsEvent", { resource }: Milestone) =>
            progress.add({
                [kind]: { metadata: { urn: `urn:pulumi:bench::lab::${resource}` } },
            } as unknown as EngineEvent);
        for (const milestone of milestones) {
            event("resourcePreEvent", milestone);
        }
        for (const milestone of completed) {
            event("resOutputsEvent", milestone);
        }
        further.forEach(find);
        return reached;
    };

    it("are found in the output of lab up, each once", () => {
        const saved = "Saved the template 3458b50c54aa (5.7 GiB): the next lab starts within seconds";
        expect(momentsIn(milestones, saved, saved)).toEqual([
            "build: six machines reachable",
            "build: three nodes Ready",
            "build: broken lab",
            "build: template saved",
        ]);
    });

    it("are not reached while a resource is missing", () => {
        const isMissing = ({ title }: Milestone) => title === "first boot of host";
        expect(momentsIn(milestones.filter((milestone) => !isMissing(milestone)))).toEqual([
            "build: three nodes Ready",
        ]);
    });
});
