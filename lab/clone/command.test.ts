import { beforeEach, expect, it, vi } from "vitest";
import { cloneLab } from "./command";

const fakes = vi.hoisted(() => ({
    built: "nothing",
    copySettings: vi.fn(),
    startNewLab: vi.fn(),
    findTemplate: vi.fn(),
}));
vi.mock("../template/current-key", () => ({ currentKey: async () => ({}) }));
vi.mock("../template/template", () => ({ findTemplate: fakes.findTemplate }));
vi.mock("../template/start-lab", () => ({ startNewLab: fakes.startNewLab }));
vi.mock("../cell/capacity", () => ({ capacity: async () => ({}), requireCapacity: () => {} }));
vi.mock("../up/create-stack", () => ({ ensureStack: async () => {} }));
vi.mock("../up/settings", () => ({ copySettings: fakes.copySettings }));
vi.mock("../lib/stack", () => ({ readStack: async () => ({ built: fakes.built }) }));

const clone = () => cloneLab("dev", "team1", () => {});

beforeEach(() => {
    vi.clearAllMocks();
    fakes.built = "nothing";
    fakes.findTemplate.mockResolvedValue({ key: { accelerator: "tcg" } });
});

it("starts a lab with the source's settings", async () => {
    await clone();
    expect(fakes.copySettings).toHaveBeenCalledWith("dev", "team1");
    expect(fakes.startNewLab).toHaveBeenCalledOnce();
});

it("does not change the settings of a stack that has a lab", async () => {
    fakes.built = "completely";
    await expect(clone()).rejects.toThrow("already has a lab. Destroy it: pulumi destroy --stack team1");
    expect(fakes.copySettings).not.toHaveBeenCalled();
});

it("names the remedy when no template matches", async () => {
    fakes.findTemplate.mockResolvedValue(undefined);
    await expect(clone()).rejects.toThrow("Build one: make up STACK=dev");
});
