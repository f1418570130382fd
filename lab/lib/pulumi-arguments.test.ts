import { expect, it } from "vitest";
import { commandOf } from "./pulumi-arguments";

it.each([
    ["up --yes", "up"],
    ["--cwd /a/folder up", "up"],
    ["--color never -C .. destroy --stack up", "destroy"],
    ["--logtostderr preview", "preview"],
    ["--help", ""],
])("finds the command of: %s", (args, command) => {
    expect(commandOf(args.split(" "))).toBe(command);
});
