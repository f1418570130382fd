import { expect, it } from "vitest";
import { renameStack, stackOf } from "./rename-stack";

const deployment = (stack: string) => ({
    version: 3,
    deployment: {
        resources: [
            {
                urn: `urn:pulumi:${stack}::certificate-lab::pulumi:pulumi:Stack::certificate-lab-${stack}`,
                outputs: { name: "dev" },
            },
            {
                urn: `urn:pulumi:${stack}::certificate-lab::command:local:Command::reset-on-destroy`,
                parent: `urn:pulumi:${stack}::certificate-lab::pulumi:pulumi:Stack::certificate-lab-${stack}`,
                provider: `urn:pulumi:${stack}::certificate-lab::pulumi:providers:command::default::04da6b54`,
                propertyDependencies: { environment: [`urn:pulumi:${stack}::certificate-lab::x::y`] },
                inputs: { environment: { PULUMI_STACK: stack, OTHER: "dev" }, create: "echo dev" },
            },
        ],
    },
});

it("changes URNs, the root's name and the stack's variable, and nothing else", () => {
    expect(renameStack(deployment("dev"), "team-1")).toEqual(deployment("team-1"));
});

it("leaves the given state unchanged", () => {
    const original = deployment("dev");
    renameStack(original, "other");
    expect(original).toEqual(deployment("dev"));
});

it("finds the stack's name", () => {
    expect(stackOf(deployment("team-1"))).toBe("team-1");
    expect(stackOf({ version: 3, deployment: {} })).toBe("");
});
