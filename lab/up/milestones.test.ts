import { expect, it } from "vitest";
import { deadline, runProgram } from "../../infra/run-program";
import { milestones } from "./milestones";

it(
    "are resources of the program",
    async () => {
        const resources = (await runProgram({})).map(({ type, name }) => `${type}::${name}`);
        const missing = milestones.map(({ resource }) => resource).filter((resource) => !resources.includes(resource));
        expect(missing).toEqual([]);
    },
    deadline,
);
