import { expect, it } from "vitest";
import { pulumi } from "./machines";

it("the broken lab needs no change when nothing was changed", async () => {
    expect((await pulumi("preview", "--expect-no-changes")).exitCode).toBe(0);
    expect((await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")).exitCode).toBe(0);
});
