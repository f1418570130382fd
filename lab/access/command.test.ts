import { Command } from "commander";
import { beforeEach, expect, it, vi } from "vitest";
import { addAccessCommands } from "./command";

const started = vi.hoisted(() => [] as string[][]);
vi.mock("../lib/with-lab", () => ({
    withLab: (_: unknown, work: (...args: unknown[]) => Promise<number>) =>
        work({ attach: async (...args: string[]) => started.push(args) }, { kubeconfig: "" }, {}),
}));
vi.mock("../lib/run", () => ({ attach: async (_: string, args: string[]) => started.push(args) }));

const lab = (...args: string[]) => {
    const program = new Command("lab").option("--stack <name>").exitOverride();
    addAccessCommands(program);
    return program.parseAsync(args, { from: "user" });
};

beforeEach(() => {
    started.length = 0;
});

it.each([
    [["exec", "lb", "ipvsadm", "-Ln"], "ipvsadm -Ln"],
    [["exec", "lb", "--", "ipvsadm", "-Ln"], "ipvsadm -Ln"],
    [["--stack", "team1", "exec", "lb", "ls", "-l", "/etc"], "ls -l /etc"],
])("lab %j runs the command with its options", async (args, command) => {
    await lab(...args);
    expect(started).toEqual([["lb", command]]);
});

it.each([
    [["get", "pods", "-A"]],
    [["-n", "kube-system", "get", "pods", "--output=yaml"]],
    [["--", "get", "pods", "--help"]],
])("lab kubectl passes on %j", async (args) => {
    await lab("kubectl", ...args);
    expect(started).toEqual([args.filter((arg) => arg !== "--")]);
});
