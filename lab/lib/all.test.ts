import { expect, it } from "vitest";
import { all } from "./all";

it("returns the results in order", async () => {
    expect(await all([1, 2], async (n) => 2 * n)).toEqual([2, 4]);
});

it("fails after all have ended, with the first item's error", async () => {
    const ended: string[] = [];
    const work = async (name: string) => {
        await new Promise((resolve) => setTimeout(resolve, name === "slow" ? 20 : 0));
        ended.push(name);
        if (name !== "good") {
            throw new Error(name);
        }
    };
    await expect(all(["slow", "fast", "good"], work)).rejects.toThrow("slow");
    expect(ended).toEqual(["fast", "good", "slow"]);
});
