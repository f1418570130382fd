import { expect, it } from "vitest";
import { pulumi } from "./machines";

it("Pulumi finds no change in the broken lab", async () => {
    expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
    expect((await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).exitCode).toBe(0);
});
