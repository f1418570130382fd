import { describe, expect, it } from "vitest";
import { changesStack, commandOf, stackOfArguments } from "./pulumi-arguments";

it.each([
    ["up --yes", "up"],
    ["--cwd /a/folder up", "up"],
    ["--color never -C .. destroy --stack up", "destroy"],
    ["--logtostderr preview", "preview"],
    ["--help", ""],
])("finds the command of: %s", (args, command) => {
    expect(commandOf(args.split(" "))).toBe(command);
});

describe("stackOfArguments", () => {
    it.each([
        "--stack dev",
        "--stack=dev",
        "-s dev",
        "-s=dev",
        "-sdev",
        "-yfs dev",
        "--stack organization/certificate-lab/dev",
        "--stack other --stack dev",
    ])("reads up --yes %s", (words) => {
        expect(stackOfArguments(["up", "--yes", ...words.split(" ")])).toBe("dev");
    });

    it.each(["", "--skip-preview", "-c fixed=true", "-- --stack dev", "--stack"])("reads no stack from %s", (words) => {
        expect(stackOfArguments(["up", ...words.split(" ")])).toBeUndefined();
    });
});

it("lists the commands that change a stack", () => {
    expect(["up", "update", "destroy", "down", "dn", "refresh"].every(changesStack)).toBe(true);
    expect(["preview", "stack", "config", "cancel", ""].some(changesStack)).toBe(false);
});
