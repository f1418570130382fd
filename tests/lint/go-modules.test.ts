import { expect, it } from "vitest";
import { goModules } from "./go-modules";

it("assigns each Go file to the innermost module, without modules that have none", () => {
    const files = ["a/go.mod", "a/main.go", "a/b/go.mod", "a/b/x/x_test.go", "a/c/c.go", "pinned/go.mod"];
    expect(goModules(files)).toEqual([
        { folder: "a", files: ["a/main.go", "a/c/c.go"] },
        { folder: "a/b", files: ["a/b/x/x_test.go"] },
    ]);
});
