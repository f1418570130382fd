import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { beforeEach, expect, it } from "vitest";
import { Progress } from "./progress";

const milestones = [
    { resource: "libvirt:Network::net", title: "networks" },
    { resource: "command:remote:Command::lb-ready", title: "first boot of lb" },
];
const urnOf = (resource: string) => `urn:pulumi:dev::lab::lab:index:Parent$${resource}`;
const event = (kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent", resource: string) =>
    ({ [kind]: { metadata: { urn: urnOf(resource) } } }) as unknown as EngineEvent;

let time: number;
let lines: string[];
let progress: Progress;

beforeEach(() => {
    time = 0;
    lines = [];
    progress = new Progress(
        milestones,
        1,
        (line) => lines.push(line),
        () => time,
    );
});

it("prints a line for each milestone, with the ones that it waits for", () => {
    progress.add(event("resourcePreEvent", "libvirt:Network::net"));
    progress.add(event("resourcePreEvent", "command:remote:Command::lb-ready"));
    time = 4_400;
    progress.add(event("resOutputsEvent", "libvirt:Network::net"));
    time = 65_000;
    progress.add(event("resOutputsEvent", "command:remote:Command::lb-ready"));
    progress.reached("template");
    expect(lines).toEqual([
        "[1 of 3, 0:04] networks; waiting for first boot of lb",
        "[2 of 3, 1:05] first boot of lb",
        "[3 of 3, 1:05] template",
    ]);
});

it("prints nothing for other resources, or for a second event of the same one", () => {
    progress.add(event("resOutputsEvent", "command:remote:Command::another-lb-ready"));
    progress.add(event("resOutputsEvent", "libvirt:Network::net"));
    progress.add(event("resOutputsEvent", "libvirt:Network::net"));
    expect(lines).toHaveLength(1);
});

it("names the open milestones again after some time without a line", () => {
    progress.add(event("resourcePreEvent", "command:remote:Command::lb-ready"));
    time = 29_000;
    progress.tick();
    expect(lines).toEqual([]);
    time = 31_000;
    progress.tick();
    progress.tick();
    expect(lines).toEqual(["[0 of 3, 0:31] waiting for first boot of lb"]);
    progress.add(event("resOpFailedEvent", "command:remote:Command::lb-ready"));
    time = 62_000;
    progress.tick();
    expect(lines.at(-1)).toBe("[0 of 3, 1:02] waiting for networks");
});

it("collects error messages without colors", () => {
    const diagnostic = (severity: string, message: string) =>
        progress.add({ diagnosticEvent: { severity, message, color: "raw" } } as EngineEvent);
    diagnostic("info", "a note");
    diagnostic("error", "<{%fg 1%}>error: <{%reset%}>no route to host\n");
    expect(progress.errors).toEqual(["error: no route to host"]);
});
